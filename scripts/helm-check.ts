import { conform, lint, render, valueFiles } from './helm/chart';
import { ensureHelmTool, type HelmTool, helmToolVersion } from './helm/helm-tools';

/** How often a build prints its progress. */
const SAY_EVERY_MS = 15_000;
/** The exit code for "neither good nor bad": there is no Go toolchain, or it cannot reach its modules. */
const CANNOT_CHECK = 3;

async function tool(name: HelmTool): Promise<string> {
  let saidAt = Date.now();
  return ensureHelmTool(name, (text) => {
    if (Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    console.log(`${name} ${helmToolVersion(name)}: ${text}`);
  });
}

/** Finds or builds both programs. Returns null if that is impossible. */
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

/**
 * Lints the chart and checks its manifests against the schemas of Kubernetes, with each values file in its
 * `ci/`.
 */
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
