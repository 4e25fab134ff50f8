import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, startTimeOf } from '../../src/local-servers/processes.cjs';
import { LocalData } from './local-data.cjs';

describe('LocalData', () => {
  let root: string;
  let data: LocalData;
  let other: ChildProcess;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'raptscallions-data-'));
    data = new LocalData(root);
    data.makeFolder();
    other = spawn('sleep', ['60']);
  });

  afterEach(async () => {
    await endProcess(other.pid!, { graceMs: 1_000 });
    rmSync(root, { recursive: true, force: true });
  });

  const theOther = () => ({ pid: other.pid!, startTime: startTimeOf(other.pid!) });
  const gone = { pid: 2_000_000_000, startTime: '1' };

  it('makes its secrets once, for their owner only', () => {
    const secrets = data.secrets();
    expect(new LocalData(root).secrets()).toEqual(secrets);
    expect(new Set(Object.values(secrets)).size).toBe(3);
    expect(statSync(join(root, '.data', 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('refuses a second start and a reset while it runs, and says where it runs', () => {
    data.writeRun({ ...theOther(), apiUrl: 'http://localhost:3001', processes: [] });
    expect(() => data.assertNotRunning()).toThrow(`http://localhost:3001 (process ${other.pid})`);
    expect(() => data.reset()).toThrow('It is running already');
    expect(existsSync(data.folder)).toBe(true);
  });

  it('finds the processes that a killed launcher left behind', () => {
    const left = { name: 'API', ask: 'SIGTERM' as const, ...theOther() };
    data.writeRun({ ...gone, processes: [left, { ...left, name: 'worker', ...gone }] });
    expect(() => data.assertNotRunning()).not.toThrow();
    expect(data.leftovers()).toEqual([left]);
    expect(() => data.reset()).toThrow(`API (process ${other.pid})`);
  });

  it('recognizes another program with the same process id', () => {
    const reused = { pid: other.pid!, startTime: 'before' };
    data.writeRun({ ...reused, processes: [{ name: 'API', ask: 'SIGTERM', ...reused }] });
    expect(() => data.assertNotRunning()).not.toThrow();
    expect(data.leftovers()).toEqual([]);
  });

  it('empties its folder', () => {
    data.secrets();
    data.reset();
    expect(existsSync(data.folder)).toBe(false);
    expect(() => data.reset()).not.toThrow();
  });
});
