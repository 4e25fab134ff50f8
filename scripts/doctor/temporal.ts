import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config';
import { projectRoot } from '../../src/local-servers/project-root';
import { TemporalClient } from '../../src/platform/temporal/temporal-client';
import { TASK_QUEUES, WORKFLOW_QUEUES } from '../../src/shared/task-queues';
import { compareSchedules } from '../../workflows/apply-schedules';
import { SCHEDULES } from '../../workflows/schedules';
import { CONNECT_LIMIT_MS, type Finding, failed, ok, type Probe, warning } from './report';

const LIMITS = { callMs: CONNECT_LIMIT_MS, attempts: 1 };
const START_WORKER = 'start a worker (node dist/workflows/worker.js), or read its log';

/** Checks Temporal, its search attributes and schedules, and the workers of each queue. */
export function temporalProbe(config: Config, root = projectRoot): Probe {
  return {
    checks: ['temporal', 'search attributes', 'schedules', 'queues', 'worker build'],
    fix: 'check that Temporal runs, and that TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS are right',
    run: async () => {
      const temporal = new TemporalClient(config, { warn: () => {} }, LIMITS);
      try {
        await temporal.ping();
        const builds = await Promise.all(
          TASK_QUEUES.map(async (queue) => ({ queue, builds: await temporal.pollersOf(queue) })),
        );
        const workflowBuilds = builds
          .filter(({ queue }) => isWorkflowQueue(queue))
          .flatMap((each) => each.builds);
        return {
          temporal: ok(`${config.TEMPORAL_ADDRESS} has the namespace ${config.TEMPORAL_NAMESPACE}`),
          'search attributes': await attributesFinding(temporal),
          schedules: await schedulesFinding(temporal),
          queues: queuesFinding(builds),
          'worker build': buildFinding(config, root, new Set(workflowBuilds)),
        };
      } catch (error) {
        if ((error as { code?: number }).code !== 5) throw error;
        throw new Error(
          `there is no namespace ${config.TEMPORAL_NAMESPACE}: temporal operator namespace create -n ${config.TEMPORAL_NAMESPACE}`,
        );
      } finally {
        await temporal.close();
      }
    },
  };
}

async function attributesFinding(temporal: TemporalClient): Promise<Finding> {
  const missing = await temporal.missingSearchAttributes();
  if (missing.length === 0) return ok('registered');
  return warning(
    `missing: ${missing.join(', ')}`,
    `a worker registers them at its start where it may; else: ${missing
      .map((name) => `temporal operator search-attribute create --name ${name} --type Keyword`)
      .join('; ')}`,
  );
}

async function schedulesFinding(temporal: TemporalClient): Promise<Finding> {
  const { missing, different, unknown, paused } = await compareSchedules(temporal, SCHEDULES);
  const said = [
    ['missing', missing],
    ['different from the table', different],
    ['not in the table', unknown],
  ] as const;
  const wrong = said.filter(([, ids]) => ids.length > 0).map(([what, ids]) => `${what}: ${ids.join(', ')}`);
  if (wrong.length > 0)
    return failed(wrong.join('; '), 'restart a worker of this build: it corrects the schedules');
  if (paused.length > 0)
    return warning(`paused: ${paused.join(', ')}`, 'resume them in the Temporal UI if they should run again');
  return ok(`${SCHEDULES.length}, all equal to the table`);
}

function queuesFinding(queues: readonly { queue: string; builds: string[] }[]): Finding {
  const idle = queues.filter(({ builds }) => builds.length === 0).map(({ queue }) => queue);
  if (idle.length === queues.length) return failed('no worker is running', START_WORKER);
  if (idle.length > 0)
    return failed(
      `no worker serves: ${idle.join(', ')}`,
      'set WORKER_QUEUES so that the workers together serve all queues',
    );
  return ok(queues.map(({ queue, builds }) => `${queue} ${builds.length}`).join(', '));
}

const isWorkflowQueue = (queue: string): boolean => WORKFLOW_QUEUES.some((name) => name === queue);

/** The SDK names a build by the hash of its workflows, unless a setting names it. */
function buildFinding(config: Config, root: string, running: ReadonlySet<string>): Finding {
  const bundle = config.WORKFLOW_BUNDLE ?? bundleIn(root);
  if (!existsSync(bundle))
    return failed(
      `there is no workflow bundle (${bundle})`,
      'run `npm run build`, or set WORKFLOW_BUNDLE to the right file',
    );
  const hash = createHash('sha256').update(readFileSync(bundle, 'utf8')).digest('hex');
  const others = [...running].filter((build) => build !== '' && !build.endsWith(hash));
  if (others.length > 0)
    return warning(
      `${others.length} of ${running.size} running builds differ from this build (${hash.slice(0, 12)})`,
      'this is normal during an upgrade; afterwards restart the old workers',
    );
  return ok(`${hash.slice(0, 12)}${running.size === 0 ? ', not running' : ', the running build'}`);
}

/** Beside the compiled worker: in dist, or below the checkout. */
function bundleIn(root: string): string {
  const compiled = join(root, 'workflows', 'bundle.js');
  return existsSync(compiled) ? compiled : join(root, 'dist', 'workflows', 'bundle.js');
}
