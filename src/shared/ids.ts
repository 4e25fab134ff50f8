import { v7 } from 'uuid';

/**
 * Returns a new id: a UUID version 7, so that ids sort by their time of creation and indexes grow at one
 * end.
 */
export function newId(): string {
  return v7();
}
