import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { freePort, pickPort } from './ports';

async function hold(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer().listen({ port: 0, host });
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function release(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

describe('ports', () => {
  it('keeps to the wanted port when it is free', async () => {
    const { server, port } = await hold('127.0.0.1');
    await release(server);
    expect(await pickPort(port)).toBe(port);
  });

  it.each(['127.0.0.1', '0.0.0.0'])(
    'takes a neighbour of a port that is held on %s, and none that was given out before',
    async (host) => {
      const { server, port } = await hold(host);
      const second = await pickPort(port);
      expect(second).toBeGreaterThan(port);
      expect(second).toBeLessThanOrEqual(port + 20);
      expect(await pickPort(port)).not.toBe(second);
      await release(server);
    },
  );

  it('gives out no free port twice', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, freePort));
    expect(new Set(ports).size).toBe(20);
  });
});
