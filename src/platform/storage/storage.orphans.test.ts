import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeScratchFolder, type ScratchFolder } from '../../local-servers/scratch-folder';
import { LocalStorage } from './storage.local';
import { OrphanedFiles } from './storage.orphans';

const DAY_MS = 24 * 60 * 60_000;

let folder: ScratchFolder;
let storage: LocalStorage;
beforeEach(() => {
  folder = makeScratchFolder();
  storage = new LocalStorage(folder.path);
});
afterEach(() => folder.remove());

async function file(key: string, days: number): Promise<void> {
  async function* bytes() {
    yield Buffer.from('x');
  }
  await storage.write(key, bytes());
  const time = new Date(Date.now() - days * DAY_MS);
  utimesSync(join(folder.path, key), time, time);
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of storage.list('')) found.push(key);
  return found.sort();
}

async function sweep(known: readonly string[]): Promise<number> {
  const orphans = new OrphanedFiles(storage, [
    {
      prefix: 'exports/',
      known: (asked) => Promise.resolve(new Set(asked.filter((key) => known.includes(key)))),
    },
  ]);
  let removed = 0;
  for await (const count of orphans.remove(new Date(Date.now() - DAY_MS))) removed += count;
  return removed;
}

describe('orphaned files', () => {
  it('are removed when they are old and no row names them, and nothing the second time', async () => {
    await file('exports/a/known.csv', 2);
    await file('exports/b/orphan.csv', 2);
    await file('exports/c/young.csv', 0);
    await file('others/d/foreign.csv', 2);
    expect(await sweep(['exports/a/known.csv'])).toBe(1);
    expect(await keys()).toEqual(['exports/a/known.csv', 'exports/c/young.csv', 'others/d/foreign.csv']);
    expect(await sweep(['exports/a/known.csv'])).toBe(0);
  });

  it('are asked about in batches', async () => {
    for (let i = 0; i < 510; i += 1) await file(`exports/${i}/orphan.csv`, 2);
    expect(await sweep([])).toBe(510);
    expect(await keys()).toEqual([]);
  });
});
