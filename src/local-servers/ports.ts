import { connect, createServer } from 'node:net';

// How many neighbours of a taken port are tried: 3001 is easier to remember than 41873.
const NEIGHBOURS = 20;

// Loopback answers or refuses within a millisecond; a firewall that drops silently must not hold up the start.
const PROBE_LIMIT_MS = 300;

function somebodyAnswers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_LIMIT_MS, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

function listenOnce(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}

/**
 * Tells whether a server of ours can take the port and be the one that `localhost` reaches: macOS lets two
 * programs share a port when one of them listens on all addresses, therefore nobody may answer there either.
 */
export async function isPortFree(port: number): Promise<boolean> {
  const [v4, v6] = await Promise.all([somebodyAnswers('127.0.0.1', port), somebodyAnswers('::1', port)]);
  return !v4 && !v6 && (await listenOnce('127.0.0.1', port)) !== undefined;
}

/** A port that the operating system says is free at this moment. */
export async function freePort(): Promise<number> {
  const port = await listenOnce('127.0.0.1', 0);
  if (port === undefined) throw new Error('The operating system has no free port on 127.0.0.1');
  return port;
}

/** The wanted port, else the next free one above it that is not in `except`, else any free port. */
export async function pickPort(wanted: number, except: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = wanted; port <= wanted + NEIGHBOURS && port < 65_536; port += 1) {
    if (!except.has(port) && (await isPortFree(port))) return port;
  }
  return freePort();
}
