import type { TaskQueue } from '../src/platform/temporal/contract';

export interface QueueCapacity {
  /** Activities that one worker process works on at once. */
  activities: number;
  /** Workflows that one worker process keeps in memory between two steps; null where there are none. */
  cachedWorkflows: number | null;
}

/** What one worker process takes on of each queue. More work is more processes. */
export const QUEUE_CAPACITY: Readonly<Record<TaskQueue, QueueCapacity>> = {
  // Sweeps, sealing, lists of notifications: short database work, well below the ten connections of the pool.
  default: { activities: 5, cachedWorkflows: 100 },
  // Waits for models nearly all the time and uses the database for moments; a class of 30 fits in two processes.
  'ai-runs': { activities: 20, cachedWorkflows: 200 },
  // Renders and zips: one takes a core.
  exports: { activities: 2, cachedWorkflows: 50 },
  // A large district's roster takes memory; two at a time, the rest waits.
  sync: { activities: 2, cachedWorkflows: 50 },
  // Conversations with other people's servers. Many mail servers take no more than a few of one client's at a time.
  deliveries: { activities: 5, cachedWorkflows: null },
};
