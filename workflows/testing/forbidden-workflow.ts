import { readFileSync } from 'node:fs';

/** What no workflow may do; a test proves that it cannot be bundled. */
export async function forbidden(): Promise<string> {
  return readFileSync('/etc/hostname', 'utf8');
}
