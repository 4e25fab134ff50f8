// Plain JavaScript, because the guardian uses it where nothing has been compiled.
const { spawnSync } = require('node:child_process');
const { readdirSync, readFileSync } = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');

// How often a process that should end is looked at.
const POLL_MS = 25;

// SIGKILL can't be refused, but a process in the middle of disk I/O may take a moment to notice it.
const KILL_LIMIT_MS = 5_000;

const hasProc = process.platform === 'linux';

/** @param {number} pid @param {string} file @returns {string | undefined} */
function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * The second field of /proc/<pid>/stat, the name, may itself contain spaces and brackets.
 * @param {number} pid @returns {string[] | undefined}
 */
function statFields(pid) {
  const stat = readProc(pid, 'stat');
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** @param {number} pid @param {string} column @returns {string | undefined} */
function ps(pid, column) {
  const { status, stdout } = spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Whether the process exists and is not merely a zombie that its parent has not collected yet.
 * @param {number} pid @returns {boolean}
 */
function isAlive(pid) {
  const state = hasProc ? statFields(pid)?.[0] : ps(pid, 'state');
  return state !== undefined && !state.startsWith('Z');
}

/**
 * When the process began: what two processes that had the same id one after the other do not share.
 * @param {number} pid @returns {string | undefined}
 */
function startTimeOf(pid) {
  return hasProc ? statFields(pid)?.[19] : ps(pid, 'lstart');
}

/** The command line of a process. @param {number} pid @returns {string | undefined} */
function commandOf(pid) {
  return hasProc ? readProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim() : ps(pid, 'command');
}

/** @returns {number[][]} pairs of process and parent */
function processesWithParents() {
  if (hasProc) {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.map((pid) => [pid, Number(statFields(pid)?.[1])]);
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
}

/**
 * The processes that this process started itself (PostgreSQL: one for each connection and task).
 * @param {number} pid @returns {number[]}
 */
function childrenOf(pid) {
  return processesWithParents()
    .filter(([, parent]) => parent === pid)
    .map(([child]) => Number(child));
}

/**
 * Sends a signal; false when there was no such process any more.
 * @param {number} pid @param {NodeJS.Signals} name @returns {boolean}
 */
function sendSignal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/**
 * Waits until the process is gone; false when the time is over before.
 * @param {number} pid @param {number} limitMs @returns {Promise<boolean>}
 */
async function waitForExit(pid, limitMs) {
  const end = Date.now() + limitMs;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/**
 * Asks a process to end, waits `graceMs`, then ends it by force; resolves when it is gone.
 * @param {number} pid
 * @param {{ ask?: NodeJS.Signals, graceMs: number }} options
 * @returns {Promise<'ended' | 'killed'>}
 */
async function endProcess(pid, { ask = 'SIGTERM', graceMs }) {
  sendSignal(pid, ask);
  if (await waitForExit(pid, graceMs)) return 'ended';
  sendSignal(pid, 'SIGKILL');
  await waitForExit(pid, KILL_LIMIT_MS);
  return 'killed';
}

module.exports = { isAlive, startTimeOf, commandOf, childrenOf, sendSignal, waitForExit, endProcess };
