import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { projectRoot } from '../../src/local-servers/project-root';

export const CHART = join(projectRoot, 'helm', 'raptscallions');
/** The Kubernetes version of the schemas in helm/schemas. */
export const KUBERNETES = '1.31.0';
const SCHEMAS = join(projectRoot, 'helm', 'schemas', '{{.ResourceKind}}{{.KindSuffix}}.json');
/** Kinds of extensions, whose schemas are in the cluster. */
const EXTENSIONS = 'SealedSecret,ServiceMonitor';

// biome-ignore lint/suspicious/noExplicitAny: whatever the chart makes; the schemas of Kubernetes say what it must be.
export type Manifest = any;

/** The values files with which the chart is checked. */
export function valueFiles(): string[] {
  return readdirSync(join(CHART, 'ci')).sort();
}

/** Renders the chart with a file of `ci/` and further values (`a.b=c`). @throws Error with Helm's message */
export function render(helm: string, values: string | null, set: readonly string[] = []): string {
  return run(helm, [
    'template',
    'rapt',
    CHART,
    ...withValues(values),
    ...set.flatMap((each) => ['--set', each]),
  ]);
}

/** Renders the chart and parses the manifests. */
export function renderManifests(
  helm: string,
  values: string | null,
  set: readonly string[] = [],
): Manifest[] {
  return parseAllDocuments(render(helm, values, set)).flatMap((document) => document.toJS() ?? []);
}

/** @throws Error with Helm's message */
export function lint(helm: string, values: string): void {
  run(helm, ['lint', CHART, '--strict', ...withValues(values)]);
}

/**
 * Checks manifests against the schemas of Kubernetes. @returns a line with the counts. @throws Error with
 * the faults
 */
export function conform(kubeconform: string, manifests: string): string {
  const args = ['-strict', '-summary', '-schema-location', SCHEMAS, '-skip', EXTENSIONS, '-'];
  return run(kubeconform, args, manifests).trim();
}

function withValues(values: string | null): string[] {
  const file = values === null ? [] : ['--values', join(CHART, 'ci', values)];
  return ['--kube-version', KUBERNETES, ...file];
}

function run(command: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${stdout}${stderr}`.trim());
  return stdout;
}
