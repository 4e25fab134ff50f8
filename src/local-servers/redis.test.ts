import { once } from 'node:events';
import { connect } from 'node:net';
import { describeWithRedis } from '../testing/describe-with-redis';
import { type RedisServer, startRedis } from './redis';

async function ping(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), timeout: 300 });
  socket.once('timeout', () => socket.destroy(new Error('timeout')));
  socket.write('PING\r\n');
  try {
    return String((await once(socket, 'data'))[0]).trim();
  } finally {
    socket.destroy();
  }
}

describeWithRedis('a Redis server of its own', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
  });

  afterAll(() => server.kill());

  it('answers, stops, starts again, freezes and thaws', async () => {
    expect(await ping(server.url)).toBe('+PONG');
    await server.stop();
    await expect(ping(server.url)).rejects.toThrow(/ECONNREFUSED/);
    await server.restart();
    expect(await ping(server.url)).toBe('+PONG');
    server.freeze();
    await expect(ping(server.url)).rejects.toThrow(/timeout/);
    server.thaw();
    expect(await ping(server.url)).toBe('+PONG');
  });

  it('says why when it cannot start', async () => {
    const port = Number(new URL(server.url).port);
    await expect(startRedis({ port })).rejects.toThrow(/Redis did not start[\s\S]*in use/);
  });
});
