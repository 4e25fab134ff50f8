/** The queues of jobs: apart, so that a long export never delays a student's run. */
export const TASK_QUEUES = ['default', 'ai-runs', 'exports', 'sync'] as const;
export type TaskQueue = (typeof TASK_QUEUES)[number];
