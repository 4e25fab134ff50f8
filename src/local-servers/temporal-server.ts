import { freePort } from './ports';
import { ServerProcess } from './server-process';

/** The search attributes by which operators find workflows. A development server must be given them. */
export const SEARCH_ATTRIBUTES = ['RaptTenantId', 'RaptKind', 'RaptSubjectId'];

export interface TemporalOptions {
  /** The path of the Temporal CLI. */
  cli: string;
  /** Any free port if absent. */
  port?: number;
  /** No Web UI if absent. */
  uiPort?: number;
  /** Everything is in memory if absent. */
  dbFile?: string;
  onLine?: (line: string) => void;
}

export interface TemporalServer
  extends Pick<ServerProcess, 'pid' | 'stop' | 'kill' | 'freeze' | 'thaw' | 'restart' | 'onExit'> {
  /** host:port of the gRPC service. */
  readonly address: string;
  readonly uiUrl: string | undefined;
}

/** Starts a Temporal development server: history, matching, front end and, if wanted, the Web UI. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const port = options.port ?? (await freePort());
  const { uiPort } = options;
  const server = await ServerProcess.start({
    name: 'Temporal',
    command: options.cli,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', 'default'],
      ...(uiPort ? ['--ui-port', String(uiPort)] : ['--headless']),
      ...(options.dbFile ? ['--db-filename', options.dbFile] : []),
      ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ...['--log-level', 'error', '--color', 'never'],
    ],
    ready: /^(Temporal )?Server:/,
    // It starts in a second; a file with months of workflows on a cold disk takes longer.
    startLimitMs: 60_000,
    // It releases its shards within a second or two.
    stopLimitMs: 8_000,
    onLine: options.onLine,
  });
  return Object.assign(server, {
    address: `127.0.0.1:${port}`,
    uiUrl: uiPort ? `http://localhost:${uiPort}` : undefined,
  });
}
