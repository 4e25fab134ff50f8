import { examineSystem } from './doctor/examination';
import { exitCodeOf, textOf } from './doctor/report';
import { runningEnvironment } from './start/running-environment';

/** Checks everything that the platform depends on, and says how to fix what is wrong. */
export async function doctor({ json }: { json?: boolean }): Promise<number> {
  const results = await examineSystem(runningEnvironment());
  process.stdout.write(json === true ? `${JSON.stringify(results, null, 2)}\n` : textOf(results));
  return exitCodeOf(results);
}
