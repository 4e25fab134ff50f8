/** The queues of jobs. They are separate, so that a long export never delays a student's run. */
export const WORKFLOW_QUEUES = ['default', 'ai-runs', 'exports', 'sync'] as const;
export type WorkflowQueue = (typeof WORKFLOW_QUEUES)[number];

/**
 * All queues. `deliveries` has only activities, which wait for mail and push servers: a hanging server
 * delays nothing else.
 */
export const TASK_QUEUES = [...WORKFLOW_QUEUES, 'deliveries'] as const;
export type TaskQueue = (typeof TASK_QUEUES)[number];
