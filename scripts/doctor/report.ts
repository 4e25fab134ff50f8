export type CheckState = 'ok' | 'warning' | 'failed' | 'skipped';

/** The result of a check. */
export interface Finding {
  state: CheckState;
  /** What was seen, without any secret. */
  seen: string;
  /** What to do about it. */
  fix?: string;
}

export interface CheckResult extends Finding {
  check: string;
  ms: number;
}

/**
 * A set of checks with one cause in common. If the subject is unreachable, the first check fails and the
 * others are skipped.
 */
export interface Probe {
  /** The names of its checks. */
  checks: readonly [string, ...string[]];
  /** What to do if the subject cannot be reached at all. */
  fix: string;
  run(): Promise<Record<string, Finding>>;
}

/** A healthy system never takes this long. The slowest probe decides how long the whole command takes. */
export const PROBE_LIMIT_MS = 10_000;
/**
 * The limit of a first connection. It is below the probe's limit, so that the connection's own error is
 * reported.
 */
export const CONNECT_LIMIT_MS = 4_000;

export const ok = (seen: string): Finding => ({ state: 'ok', seen });
export const skipped = (seen: string): Finding => ({ state: 'skipped', seen });
export const warning = (seen: string, fix: string): Finding => ({ state: 'warning', seen, fix });
export const failed = (seen: string, fix: string): Finding => ({ state: 'failed', seen, fix });

/** Runs all probes at once, each with a time limit. Returns the results in the order of the probes. */
export async function examine(probes: readonly Probe[], limitMs = PROBE_LIMIT_MS): Promise<CheckResult[]> {
  const results = await Promise.all(probes.map((probe) => examineOne(probe, limitMs)));
  return results.flat();
}

async function examineOne(probe: Probe, limitMs: number): Promise<CheckResult[]> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  const [first] = probe.checks;
  let findings: Record<string, Finding>;
  try {
    findings = await Promise.race([probe.run(), limit]);
  } catch (error) {
    findings = { [first]: failed(reasonOf(error), probe.fix) };
  } finally {
    clearTimeout(timer);
  }
  const ms = Math.round(performance.now() - startedAt);
  return probe.checks.map((check) => ({
    check,
    ...(findings[check] ?? skipped(`not checked, because ${first} must work first`)),
    ms,
  }));
}

/**
 * The innermost cause, because it says most; socket errors for several addresses have no message of their
 * own.
 */
export function reasonOf(error: unknown): string {
  let at = error as { message?: string; code?: unknown; cause?: unknown; errors?: unknown[] };
  for (let depth = 0; depth < 5 && (at?.cause ?? at?.errors?.[0]) !== undefined; depth += 1)
    at = (at.cause ?? at.errors?.[0]) as typeof at;
  const text = at?.message || String(at?.code ?? error);
  // Some messages contain an address with its password.
  return text.replace(/\/\/[^/@\s]*@/g, '//***@').split('\n')[0] as string;
}

export const exitCodeOf = (results: readonly CheckResult[]): 0 | 1 =>
  results.some(({ state }) => state === 'failed') ? 1 : 0;

const MARKS: Readonly<Record<CheckState, string>> = {
  ok: 'ok     ',
  warning: 'WARNING',
  failed: 'FAILED ',
  skipped: 'skipped',
};

/** The report for people: a line per check, what to do below it, and the totals. */
export function textOf(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map(({ check }) => check.length));
  const lines = results.flatMap(({ state, check, seen, fix }) => [
    `${MARKS[state]}  ${check.padEnd(width)}  ${seen}`,
    ...(fix === undefined ? [] : [`${' '.repeat(9)}${' '.repeat(width)}  → ${fix}`]),
  ]);
  const count = (wanted: CheckState) => results.filter(({ state }) => state === wanted).length;
  const sum = `${count('ok')} ok, ${count('warning')} warnings, ${count('failed')} failed, ${count('skipped')} skipped`;
  return `${[...lines, '', sum].join('\n')}\n`;
}
