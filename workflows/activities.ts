import type { Container } from '../src/container';
import { createCleanupActivities } from './cleanup-expired-sessions/activities';
import { createRunToolActivities } from './run-tool/activities';

type Activities = Record<string, (...args: never[]) => Promise<unknown>>;

/** One registry of all. @throws Error where two jobs have an activity of the same name. */
export function mergeActivities(...registries: readonly Activities[]): Activities {
  const merged: Activities = {};
  for (const [name, activity] of registries.flatMap((registry) => Object.entries(registry))) {
    if (name in merged) throw new Error(`Two activities are called ${name}`);
    merged[name] = activity;
  }
  return merged;
}

/** Every activity of every job, bound to the services it calls. */
export function createActivities({ platform, ai, runs, sessions }: Container): Activities {
  const { logger } = platform;
  const { execution } = runs;
  return mergeActivities(
    createCleanupActivities({ sessions: sessions.cleanup, execution, gateway: ai.gateway, logger }),
    createRunToolActivities({ execution, logger }),
  );
}
