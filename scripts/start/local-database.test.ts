import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeScratchFolder, type ScratchFolder } from '../../src/local-servers/scratch-folder';
import { LocalData } from './local-data.cjs';
import { runningDatabaseUrl } from './local-database';

let folder: ScratchFolder;
let data: LocalData;
beforeEach(() => {
  folder = makeScratchFolder();
  data = new LocalData(folder.path);
});
afterEach(() => folder.remove());

function writeNote(pid: number): void {
  mkdirSync(join(data.folder, 'postgres'), { recursive: true });
  writeFileSync(
    join(data.folder, 'postgres', 'postmaster.pid'),
    [pid, '/data', '1700000000', '54329', '', '127.0.0.1', '', 'ready'].join('\n'),
  );
}

describe('the database of a running system', () => {
  it('is found by what the server has noted of itself', () => {
    data.makeFolder();
    const { databasePassword } = data.secrets();
    writeNote(process.pid);
    expect(runningDatabaseUrl(data)).toBe(
      `postgresql://raptscallions:${encodeURIComponent(databasePassword)}@127.0.0.1:54329/raptscallions`,
    );
  });

  it('is undefined if nothing was ever started, or nothing runs any more', () => {
    expect(runningDatabaseUrl(data)).toBeUndefined();
    data.makeFolder();
    data.secrets();
    expect(runningDatabaseUrl(data)).toBeUndefined();
    // No process has this number.
    writeNote(2 ** 22 + 1);
    expect(runningDatabaseUrl(data)).toBeUndefined();
  });
});
