import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { withFileLock } from '../../src/local-servers/file-lock';
import { buildWithGo, toolCachePath } from '../../src/local-servers/go-tool';

// Kept equal to scripts/helm-tools/go.mod by a test.
const TOOLS = {
  helm: { version: '3.18.6', package: 'helm.sh/helm/v3/cmd/helm' },
  kubeconform: { version: '0.7.0', package: 'github.com/yannh/kubeconform/cmd/kubeconform' },
} as const;

export type HelmTool = keyof typeof TOOLS;

export const helmToolVersion = (tool: HelmTool): string => TOOLS[tool].version;

const cachePath = (tool: HelmTool): string => toolCachePath(`${tool}-${TOOLS[tool].version}`);

/** The program as it was built at an earlier time, or undefined. */
export function findHelmTool(tool: HelmTool): string | undefined {
  return existsSync(cachePath(tool)) ? cachePath(tool) : undefined;
}

/** The program: that of an earlier time, else built now. @throws Error where there is no Go toolchain. */
export async function ensureHelmTool(
  tool: HelmTool,
  onProgress: (text: string) => void = () => {},
): Promise<string> {
  const target = cachePath(tool);
  if (existsSync(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  const onWait = (): void => onProgress('another process is making it');
  return withFileLock(`${target}.lock`, { onWait }, async () => {
    const name = TOOLS[tool].package;
    if (!existsSync(target))
      await buildWithGo({ folder: 'helm-tools', package: name, target, env: process.env, onProgress });
    return target;
  });
}
