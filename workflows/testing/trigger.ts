import type { TestNamespace } from '../../src/testing/temporal';

/** Triggers a schedule now, as an operator would. @returns the workflow's result */
export async function triggerSchedule(namespace: TestNamespace, id: string): Promise<unknown> {
  const schedule = namespace.client.schedule.getHandle(`rapt/${id}`);
  const before = (await schedule.describe()).info.numActionsTaken;
  await schedule.trigger();
  for (;;) {
    const { info } = await schedule.describe();
    const last = info.recentActions.at(-1);
    if (info.numActionsTaken > before && last !== undefined)
      return namespace.client.workflow.getHandle(last.action.workflow.workflowId).result();
  }
}
