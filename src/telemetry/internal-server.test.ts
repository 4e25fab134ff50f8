import { loadConfig } from '../config/config';
import { testEnv } from '../testing/app';
import { RecordingLogger } from '../testing/recording-logger';
import { InternalServer, jsonAnswer } from './internal-server';
import { Metrics } from './metrics';
import { Telemetry } from './telemetry';

const isAnswered = (host: string, port: number): Promise<boolean> =>
  fetch(`http://${host}:${port}/metrics`).then(
    ({ ok }) => ok,
    () => false,
  );

describe('the addresses for operations', () => {
  it('are answered on the host of the settings alone', async () => {
    const routes = { '/metrics': () => jsonAnswer(200, {}) };
    const server = new InternalServer({ port: 0, host: '127.0.0.1', variable: 'WORKER_HEALTH_PORT', routes });
    await server.start();
    // All of 127.0.0.0/8 is this machine: a server of all interfaces answers there, too.
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
    const telemetry = new Telemetry({
      config,
      service: 'api',
      metrics: new Metrics('api'),
      logger: new RecordingLogger(),
    });
    await telemetry.start();
    const port = telemetry.port as number;
    expect([await isAnswered('127.0.0.1', port), await isAnswered('127.0.0.2', port)]).toEqual([true, false]);
    await telemetry.stop();
  });
});
