import { existsSync } from 'node:fs';
import { ensureGoTool, toolCachePath } from '../../src/local-servers/go-tool';

// A test keeps these equal to scripts/helm-tools/go.mod.
const TOOLS = {
  helm: { version: '3.18.6', package: 'helm.sh/helm/v3/cmd/helm' },
  kubeconform: { version: '0.7.0', package: 'github.com/yannh/kubeconform/cmd/kubeconform' },
} as const;

export type HelmTool = keyof typeof TOOLS;

export const helmToolVersion = (tool: HelmTool): string => TOOLS[tool].version;

const nameOf = (tool: HelmTool): string => `${tool}-${TOOLS[tool].version}`;

/** The path of the program if it was built before, or undefined. */
export function findHelmTool(tool: HelmTool): string | undefined {
  const path = toolCachePath(nameOf(tool));
  return existsSync(path) ? path : undefined;
}

/** Returns the path of the program, and builds it if necessary. @throws Error if there is no Go toolchain */
export const ensureHelmTool = (tool: HelmTool, onProgress?: (text: string) => void): Promise<string> =>
  ensureGoTool(nameOf(tool), { folder: 'helm-tools', package: TOOLS[tool].package }, onProgress);
