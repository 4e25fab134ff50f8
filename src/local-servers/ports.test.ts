import { createServer, type Server } from 'node:net';
import { freePort, isPortFree, pickPort } from './ports';

function hold(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen({ port, host }, () => resolve(server));
  });
}

function release(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

describe('ports', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('sees that a port is held on %s', async (host) => {
    const port = await freePort();
    expect(await isPortFree(port)).toBe(true);
    const server = await hold(port, host);
    expect(await isPortFree(port)).toBe(false);
    await release(server);
    expect(await isPortFree(port)).toBe(true);
  });

  it('keeps to the wanted port when it is free', async () => {
    const port = await freePort();
    expect(await pickPort(port)).toBe(port);
  });

  it('takes a neighbour of a taken port, and none that was given out before', async () => {
    const port = await freePort();
    const server = await hold(port, '127.0.0.1');
    const second = await pickPort(port);
    expect(second).toBeGreaterThan(port);
    expect(second).toBeLessThanOrEqual(port + 20);
    expect(await pickPort(port, new Set([second]))).not.toBe(second);
    await release(server);
  });
});
