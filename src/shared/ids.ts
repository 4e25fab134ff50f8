import { v7 } from 'uuid';

/** A new id: UUID version 7, so that ids sort by the time of their making and indexes grow at one end. */
export function newId(): string {
  return v7();
}
