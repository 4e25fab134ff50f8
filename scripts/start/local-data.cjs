// Plain JavaScript, because `npm run reset` and the check for a running system must work before anything is
// compiled.
const { createHash, randomBytes } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { isAlive, startTimeOf } = require('../../src/local-servers/processes.cjs');

/**
 * @typedef {{ sessionSecret: string, superuserPassword: string, databasePassword: string }} Secrets
 * @typedef {{ name: string, pid: number, startTime: string | undefined, ask: NodeJS.Signals }} StartedProcess
 * @typedef {{ pid: number, startTime: string | undefined, apiUrl?: string, temporalAddress?: string, processes: StartedProcess[] }} Run
 */

/**
 * Writes a file completely or not at all, readable by its owner only. @param {string} file @param {unknown}
 * content
 */
function writeJson(file, content) {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** @param {string} file @returns {any} undefined if the file does not exist */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read: ${/** @type {Error} */ (error).message}`, { cause: error });
  }
}

/** @param {{ pid: number, startTime: string | undefined }} recorded */
function isStillThere({ pid, startTime }) {
  return isAlive(pid) && startTimeOf(pid) === startTime;
}

/** The data that a development system keeps in its checkout. */
class LocalData {
  /** @param {string} root of the checkout */
  constructor(root) {
    this.root = root;
    this.folder = join(root, '.data');
    this.temporalFile = join(this.folder, 'temporal.sqlite');
    this.demoLoginsFile = join(this.folder, 'demo-logins.json');
    this.storageFolder = join(this.folder, 'storage');
    this.mailFolder = join(this.folder, 'mail');
    this.secretsFile = join(this.folder, 'secrets.json');
    this.runFile = join(this.folder, 'run.json');
  }

  makeFolder() {
    // Passable for all: if root starts PostgreSQL, it runs below this folder under another account.
    mkdirSync(this.folder, { recursive: true, mode: 0o755 });
  }

  /** The passwords and keys of this checkout, generated at the first start. @returns {Secrets} */
  secrets() {
    const known = readJson(this.secretsFile);
    if (known) return known;
    const secret = () => randomBytes(32).toString('base64url');
    const made = { sessionSecret: secret(), superuserPassword: secret(), databasePassword: secret() };
    writeJson(this.secretsFile, made);
    return made;
  }

  /**
   * The database's folder if its account cannot reach the checkout. A copy of the checkout gets another
   * one.
   */
  remoteFolder() {
    const secret = readJson(this.secretsFile)?.sessionSecret;
    const id = createHash('sha256').update(`${this.root}\0${secret}`).digest('hex').slice(0, 12);
    return `/var/lib/raptscallions-${id}`;
  }

  /** @param {Run} run */
  writeRun(run) {
    writeJson(this.runFile, run);
  }

  removeRun() {
    rmSync(this.runFile, { force: true });
  }

  /** The processes of the last run that are still alive, in the order in which they were started. */
  leftovers() {
    /** @type {Run | undefined} */
    const run = readJson(this.runFile);
    return run?.processes.filter(isStillThere) ?? [];
  }

  /** The current run of this checkout's system, if it runs. @returns {Run | undefined} */
  running() {
    /** @type {Run | undefined} */
    const run = readJson(this.runFile);
    return run && isStillThere(run) ? run : undefined;
  }

  /** Throws if this checkout's system is running. */
  assertNotRunning() {
    /** @type {Run | undefined} */
    const run = readJson(this.runFile);
    if (!run || run.pid === process.pid || !isStillThere(run)) return;
    const where = run.apiUrl ? ` at ${run.apiUrl}` : '';
    throw new Error(
      `It is running already${where} (process ${run.pid}). Stop it first: Ctrl-C there, or kill ${run.pid}`,
    );
  }

  /** Removes all data. Refuses if something uses it. */
  reset() {
    this.assertNotRunning();
    const names = this.leftovers().map(({ name, pid }) => `${name} (process ${pid})`);
    if (names.length > 0)
      throw new Error(`Still there from the last run: ${names.join(', ')}. Stop them first`);
    rmSync(this.remoteFolder(), { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

exports.LocalData = LocalData;
