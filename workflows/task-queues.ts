import type { TaskQueue } from '../src/platform/temporal/contract';

export interface QueueCapacity {
  /** Activities that one worker process runs at once. */
  activities: number;
  /**
   * Workflows that one worker process keeps in memory between two steps; null if the queue has no
   * workflows.
   */
  cachedWorkflows: number | null;
}

/** How much of each queue one worker process takes. For more work, run more processes. */
export const QUEUE_CAPACITY: Readonly<Record<TaskQueue, QueueCapacity>> = {
  // Sweeps, sealing, lists of notifications: short database work, well below the ten connections of the
  // pool.
  default: { activities: 5, cachedWorkflows: 100 },
  // Waits for models most of the time and uses the database only briefly; a class of 30 fits into two
  // processes.
  'ai-runs': { activities: 20, cachedWorkflows: 200 },
  // Renders and compresses: each export takes a core.
  exports: { activities: 2, cachedWorkflows: 50 },
  // A large district's roster takes memory, so two run at a time and the rest waits.
  sync: { activities: 2, cachedWorkflows: 50 },
  // Talks to other people's servers. Many mail servers accept only a few connections of one client at a
  // time.
  deliveries: { activities: 5, cachedWorkflows: null },
};
