// Tells the container runtime whether the named processes accept requests or work: `node
// docker/healthcheck.cjs api`. It is written for Node because the image has no curl.

/** Just under the limit that the image gives the whole check. */
const LIMIT_MS = 4_000;

/** @type {Record<string, string>} */
const PORTS = { api: process.env.PORT || '3000', worker: process.env.WORKER_HEALTH_PORT || '9465' };

/** @param {string} name @returns {Promise<void>} */
async function check(name) {
  const port = PORTS[name];
  if (port === undefined) throw new Error(`"${name}" is neither api nor worker`);
  const response = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(LIMIT_MS) });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${name}: ${response.status} ${body}`);
}

Promise.all(process.argv.slice(2).map(check)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
