import { loadConfig } from '../config/config';
import { testEnv } from '../testing/app';
import { InternalServer, jsonAnswer } from './internal-server';
import { createMetricsServer } from './metrics-server';
import { NO_TELEMETRY } from './telemetry';

const isAnswered = (host: string, port: number): Promise<boolean> =>
  fetch(`http://${host}:${port}/metrics`).then(
    ({ ok }) => ok,
    () => false,
  );

describe('the addresses for operations', () => {
  it('are answered only on the host in the settings', async () => {
    const routes = { '/metrics': () => jsonAnswer(200, {}) };
    const server = new InternalServer({ port: 0, host: '127.0.0.1', variable: 'WORKER_HEALTH_PORT', routes });
    await server.start();
    // All of 127.0.0.0/8 is this machine, so a server on all interfaces would answer there too.
    expect([await isAnswered('127.0.0.1', server.port), await isAnswered('127.0.0.2', server.port)]).toEqual([
      true,
      false,
    ]);
    await server.stop();
  });

  it('are those of the API, too, on its own host', async () => {
    const config = loadConfig(
      testEnv('postgres://nobody@127.0.0.1:1/none', { HOST: '127.0.0.1', METRICS_PORT: '0' }),
    );
    const server = createMetricsServer(config, NO_TELEMETRY) as InternalServer;
    await server.start();
    const { port } = server;
    expect([await isAnswered('127.0.0.1', port), await isAnswered('127.0.0.2', port)]).toEqual([true, false]);
    await server.stop();
  });
});
