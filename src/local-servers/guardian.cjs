/**
 * A small process that ends what its parent started once the parent is gone, however that ended: `kill -9`
 * and a crash included. The parent holds the other end of standard input; each line of JSON there adds a
 * process (`{ "pid", "startTime", "ask", "graceMs" }`) or a folder (`{ "folder" }`), or takes one off the
 * list again (`{ "release": pid | folder }`).
 */
const { rmSync } = require('node:fs');
const { createInterface } = require('node:readline');
const { endProcess, startTimeOf } = require('./processes.cjs');

/** @type {Map<number, { startTime: string, ask: NodeJS.Signals, graceMs: number }>} */
const processes = new Map();
/** @type {Set<string>} */
const folders = new Set();

async function clearUp() {
  // Last started, first ended: a server outlives those who use it.
  for (const [pid, { startTime, ask, graceMs }] of [...processes].reverse()) {
    if (startTimeOf(pid) === startTime) await endProcess(pid, { ask, graceMs });
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

// Only the end of the parent decides, not a signal that reaches a whole group of processes.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => undefined);

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const entry = JSON.parse(line);
    if (entry.release) {
      processes.delete(entry.release);
      folders.delete(entry.release);
    } else if (entry.folder) folders.add(entry.folder);
    else processes.set(entry.pid, entry);
  })
  .on('close', () => void clearUp());
