import { readFileSync } from 'node:fs';

/** Code that no workflow may contain; a test proves that it cannot be bundled. */
export async function forbidden(): Promise<string> {
  return readFileSync('/etc/hostname', 'utf8');
}
