import { conform, lint, render, valueFiles } from './helm/chart';
import { ensureHelmTool, type HelmTool, helmToolVersion } from './helm/helm-tools';

/** Progress of a build is worth a line this often. */
const SAY_EVERY_MS = 15_000;
/** Neither good nor bad: there is no Go toolchain, or it cannot reach its modules. */
const CANNOT_CHECK = 3;

async function tool(name: HelmTool): Promise<string> {
  let saidAt = Date.now();
  return ensureHelmTool(name, (text) => {
    if (Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    console.log(`${name} ${helmToolVersion(name)}: ${text}`);
  });
}

/** Both programs; without them nothing can be said of the chart. */
async function tools(): Promise<[string, string] | null> {
  try {
    return [await tool('helm'), await tool('kubeconform')];
  } catch (error) {
    console.error(
      `helm and kubeconform could not be installed, so the chart was not checked: ${(error as Error).message}`,
    );
    return null;
  }
}

/** Lints the chart and holds what it makes against the schemas of Kubernetes, with each file of values in its `ci/`. */
export async function helmCheck(): Promise<number> {
  const found = await tools();
  if (found === null) return CANNOT_CHECK;
  const [helm, kubeconform] = found;
  for (const values of valueFiles()) {
    lint(helm, values);
    console.log(`${values}: ${conform(kubeconform, render(helm, values))}`);
  }
  return 0;
}
