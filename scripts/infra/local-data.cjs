// Plain JavaScript, because `npm run reset` and the first look at a running system need nothing compiled.
const { createHash, randomBytes } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { isAlive, startTimeOf } = require('./processes.cjs');

/**
 * @typedef {{ sessionSecret: string, superuserPassword: string, databasePassword: string }} Secrets
 * @typedef {{ name: string, pid: number, startTime: string | undefined, ask: NodeJS.Signals }} StartedProcess
 * @typedef {{ pid: number, startTime: string | undefined, apiUrl?: string, processes: StartedProcess[] }} Run
 */

/** Everything that a development system keeps in one checkout. @param {string} root */
function localData(root) {
  const folder = join(root, '.data');
  const secretsFile = join(folder, 'secrets.json');
  const runFile = join(folder, 'run.json');

  /** @returns {Secrets | undefined} */
  const findSecrets = () => (existsSync(secretsFile) ? JSON.parse(readFileSync(secretsFile, 'utf8')) : undefined);

  /** @returns {Run | undefined} */
  const findRun = () => {
    try {
      return JSON.parse(readFileSync(runFile, 'utf8'));
    } catch {
      return undefined;
    }
  };

  return {
    folder,
    temporalFile: join(folder, 'temporal.sqlite'),
    demoLoginsFile: join(folder, 'demo-logins.json'),

    /** The passwords and keys of this checkout, made at the first start. @returns {Secrets} */
    secrets() {
      const known = findSecrets();
      if (known) return known;
      const secret = () => randomBytes(32).toString('base64url');
      const made = { sessionSecret: secret(), superuserPassword: secret(), databasePassword: secret() };
      writeWhole(secretsFile, made);
      return made;
    },

    /** Where the database goes when its account cannot reach this checkout; another one for each checkout. */
    remoteFolder() {
      const secrets = findSecrets();
      const id = createHash('sha256').update(`${root}\0${secrets?.sessionSecret}`).digest('hex').slice(0, 12);
      return `/var/lib/raptscallions-${id}`;
    },

    makeFolder() {
      // Open to pass through: PostgreSQL, when root starts it, works below it under an account of its own.
      mkdirSync(folder, { recursive: true, mode: 0o755 });
    },

    findRun,

    /** @param {Run} run */
    writeRun(run) {
      writeWhole(runFile, run);
    },

    removeRun() {
      rmSync(runFile, { force: true });
    },

    /**
     * What of the last run is still there: the launcher itself, and the processes that it had started.
     * @returns {{ run: Run | undefined, isRunning: boolean, leftovers: StartedProcess[] }}
     */
    inspect() {
      const run = findRun();
      /** @param {{ pid: number, startTime: string | undefined }} one */
      const isSame = ({ pid, startTime }) => isAlive(pid) && startTimeOf(pid) === startTime;
      const isRunning = run !== undefined && run.pid !== process.pid && isSame(run);
      return { run, isRunning, leftovers: run?.processes.filter(isSame) ?? [] };
    },

    /** Throws when this checkout's system is running. */
    assertNotRunning() {
      const { run, isRunning } = this.inspect();
      if (!isRunning) return;
      const where = run?.apiUrl ? ` at ${run.apiUrl}` : '';
      throw new Error(`It is running already${where} (process ${run?.pid}). Stop it first: Ctrl-C there, or kill ${run?.pid}`);
    },

    /** Removes all data; refuses while something uses them. */
    reset() {
      this.assertNotRunning();
      const names = this.inspect().leftovers.map(({ name, pid }) => `${name} (process ${pid})`);
      if (names.length > 0) throw new Error(`Still there from the last run: ${names.join(', ')}. Stop them first`);
      rmSync(this.remoteFolder(), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Never half a file, and for its owner only. @param {string} file @param {unknown} content */
function writeWhole(file, content) {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

module.exports = { localData };
