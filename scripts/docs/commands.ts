import { spawnSync } from 'node:child_process';
import type { Fence, MarkdownPage } from './markdown';

/** A command that a page tells the reader to type. */
export interface DocumentedCommand {
  page: string;
  line: number;
  /** The whole text, including continued lines. */
  text: string;
}

/** Blocks in these languages hold shell commands. */
const SHELLS = new Set(['sh', 'bash', 'shell', 'console']);

/**
 * Whether a shell would run this as it is, or wait for more. @throws Error if no continuation could
 * complete it
 */
function isWhole(text: string): boolean {
  if (/\\\s*$/.test(text)) return false;
  const { status, stderr } = spawnSync('bash', ['-n'], { input: `${text}\n`, encoding: 'utf8' });
  return status === 0 && stderr === '';
}

function commandsOfFence(page: string, fence: Fence): DocumentedCommand[] {
  const commands: DocumentedCommand[] = [];
  let held: string[] = [];
  for (const [i, line] of fence.text.split('\n').entries()) {
    if (held.length === 0 && /^\s*(?:#.*)?$/.test(line)) continue;
    held.push(line);
    if (!isWhole(held.join('\n'))) continue;
    commands.push({ page, line: fence.line + i - held.length + 1, text: held.join('\n') });
    held = [];
  }
  if (held.length > 0) throw new Error(`${page}:${fence.line}: no shell understands ${held.join('\n')}`);
  return commands;
}

/** Lists every command of a page, in order. */
export function commandsOf({ path, fences }: MarkdownPage): DocumentedCommand[] {
  return fences
    .filter(({ language }) => SHELLS.has(language))
    .flatMap((fence) => commandsOfFence(path, fence));
}
