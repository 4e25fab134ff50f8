// Reads an address again and again in a separate thread, so that the work of its parent delays none of the
// measured times.
const { parentPort, workerData } = require('node:worker_threads');
const { setTimeout: sleep } = require('node:timers/promises');

let isStopped = false;
parentPort?.once('message', () => {
  isStopped = true;
});

async function main() {
  const { url, token, everyMs } = workerData;
  /** @type {number[]} */
  const waits = [];
  let failed = 0;
  const read = async () => {
    const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    if (answer.status !== 200) failed += 1;
  };
  // The first read also loads this thread's HTTP client and opens its connection.
  await read();
  while (!isStopped) {
    const started = performance.now();
    await read();
    waits.push(performance.now() - started);
    await sleep(everyMs);
  }
  parentPort?.postMessage({ waits: waits.sort((one, other) => one - other), failed });
}

void main();
