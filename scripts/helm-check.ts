import { conform, lint, render, valueFiles } from './helm/chart';
import { ensureHelmTool, type HelmTool, helmToolVersion } from './infra/helm';

/** Progress of a build is worth a line this often. */
const SAY_EVERY_MS = 15_000;

async function tool(name: HelmTool): Promise<string> {
  let saidAt = Date.now();
  return ensureHelmTool(name, (text) => {
    if (Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    console.log(`${name} ${helmToolVersion(name)}: ${text}`);
  });
}

/** Lints the chart and holds what it makes against the schemas of Kubernetes, with each file of values in its `ci/`. */
async function main(): Promise<void> {
  const [helm, kubeconform] = [await tool('helm'), await tool('kubeconform')];
  for (const values of valueFiles()) {
    lint(helm, values);
    console.log(`${values}: ${conform(kubeconform, render(helm, values))}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
