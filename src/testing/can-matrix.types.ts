import type { Response } from 'supertest';
import type { Client } from './app';
import type { CanScene } from './can-scene';

export type Answer = Pick<Response, 'status' | 'text' | 'body' | 'headers'>;
/** Does what a flag of `can` promises, to the object with this id. */
export type Act = (client: Client, id: string, scene: CanScene) => PromiseLike<Answer>;

export interface Resource {
  /** The path at which an object is read. */
  path: string;
  /** Reads an object with its `can`; by its path, if that shows it in each state. */
  read?: Act;
  /** The request that each flag promises. */
  acts: Readonly<Record<string, Act>>;
  /** Creates an object in each state that matters. */
  states: Readonly<Record<string, (scene: CanScene) => Promise<{ id: string }>>>;
}
