import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPublicAddress } from './outgoing-address';
import { OutgoingGuard, type Resolver } from './outgoing-guard';
import { requestOutgoing } from './outgoing-request';

/** Ways to write 10.0.0.1 into an IPv6 address, and its mapped forms. */
const EMBEDDED = [
  ['mapped', '::ffff:10.0.0.1'],
  ['mapped, in hex', '::ffff:a00:1'],
  ['compatible', '::10.0.0.1'],
  ['compatible, in hex', '::a00:1'],
  ['translated', '::ffff:0:10.0.0.1'],
  ['NAT64', '64:ff9b::10.0.0.1'],
  ['NAT64, in hex', '64:ff9b::a00:1'],
  ['NAT64 of a local prefix', '64:ff9b:1::10.0.0.1'],
  ['6to4', '2002:a00:1::1'],
  ['6to4 of a public address', '2002:5db8:d822::1'],
  ['Teredo', '2001:0:5ef5:79fd:0:59d:f5ff:fffe'],
  ['Teredo with a server inside', '2001:0:a00:1::1'],
  ['ISATAP', '2606:2800:220:1::5efe:10.0.0.1'],
  ['ISATAP, marked as global', '2606:2800:220:1:200:5efe:10.0.0.1'],
] as const;

const INSIDE = [
  ...['0.0.0.0', '0.1.2.3', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254'],
  ...['172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.0.170', '192.0.2.1', '192.88.99.1', '192.168.1.1'],
  ...['198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.250'],
  ...['240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '100::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1'],
  ...['2001:db8::1', '2001:10::1', '2001:2::1', '3fff::1', '5f00::1', '4000::1', 'e000::1'],
  ...['', 'localhost', 'example.org', '10.0.0', '0x7f.0.0.1', '2130706433', '127.0.0.1:80', '[::1]'],
];
const OUTSIDE = [
  '1.1.1.1',
  '93.184.216.34',
  '172.32.0.1',
  '192.167.1.1',
  '2606:2800:220:1::1',
  '2a00:1450::1',
];

const resolving = (...addresses: string[]): Resolver => {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_name, _options, callback) => callback(null, found);
};

describe('an address', () => {
  it.each(EMBEDDED)('of IPv6 that carries one of IPv4 is not public: %s', (_form, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  it.each(INSIDE)('is not public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  it.each(OUTSIDE)('is public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('a request to an address that a person gave', () => {
  let server: Server;
  let port = 0;
  let requests = 0;
  beforeAll(async () => {
    server = createServer((req, res) => {
      requests += 1;
      if (req.url === '/redirect') res.writeHead(302, { Location: '/' }).end();
      else res.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    requests = 0;
  });

  const ask = async (guard: OutgoingGuard, url: string): Promise<string> => {
    const options = { method: 'GET', headers: {}, signal: AbortSignal.timeout(5_000) } as const;
    try {
      const response = await requestOutgoing(guard, new URL(url), options);
      response.destroy();
      return String(response.statusCode);
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code);
    }
  };
  const closed = new OutgoingGuard({ allowedHosts: [] });
  const REFUSED = 'EFORBIDDENADDRESS';

  it.each([
    'http://127.0.0.1:PORT/',
    'https://127.0.0.1:PORT/',
    'https://2130706433:PORT/',
    'https://0x7f.1:PORT/',
    'https://[::1]:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://localhost:PORT/',
    'https://user:password@example.org/',
    'http://example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
  ])('is refused before anything is connected: %s', async (url) => {
    expect(await ask(closed, url.replace('PORT', String(port)))).toBe(REFUSED);
    expect(requests).toBe(0);
  });

  it.each(EMBEDDED)('is refused if the name leads to an address that is %s', async (_form, address) => {
    const guard = new OutgoingGuard({ allowedHosts: [], resolve: resolving(address) });
    expect(await ask(guard, 'https://push.example.org/')).toBe(REFUSED);
  });

  it('is refused if one of several addresses is inside, whichever comes first', async () => {
    for (const addresses of [
      ['93.184.216.34', '10.0.0.1'],
      ['10.0.0.1', '93.184.216.34'],
      ['2606:2800:220:1::1', '::ffff:10.0.0.1'],
      [],
    ]) {
      const guard = new OutgoingGuard({ allowedHosts: [], resolve: resolving(...addresses) });
      expect(await ask(guard, 'https://push.example.org/')).toBe(REFUSED);
    }
  });

  it('looks a name up once, so that a second answer cannot lead elsewhere', async () => {
    let looks = 0;
    const resolve: Resolver = (name, options, callback) => {
      looks += 1;
      resolving(looks === 1 ? '127.0.0.1' : '192.0.2.1')(name, options, callback);
    };
    const guard = new OutgoingGuard({ allowedHosts: ['push.example.org'], resolve });
    expect(await ask(guard, `http://push.example.org:${port}/`)).toBe('200');
    expect([looks, requests]).toEqual([1, 1]);
    const rebinding = new OutgoingGuard({ allowedHosts: [], resolve });
    expect(await ask(rebinding, `https://push.example.org:${port}/`)).toBe(REFUSED);
    expect([looks, requests]).toEqual([2, 1]);
  });

  it('does not follow a redirect', async () => {
    const guard = new OutgoingGuard({ allowedHosts: ['127.0.0.1'] });
    expect(await ask(guard, `http://127.0.0.1:${port}/redirect`)).toBe('302');
    expect(requests).toBe(1);
  });

  it('may lead inside and without TLS to a host in the settings, and only to its port if they name one', async () => {
    const url = `http://127.0.0.1:${port}/`;
    expect(await ask(new OutgoingGuard({ allowedHosts: ['127.0.0.1'] }), url)).toBe('200');
    expect(await ask(new OutgoingGuard({ allowedHosts: [`127.0.0.1:${port}`] }), url)).toBe('200');
    expect(await ask(new OutgoingGuard({ allowedHosts: ['127.0.0.1:1'] }), url)).toBe(REFUSED);
    expect(await ask(new OutgoingGuard({ allowedHosts: ['localhost'] }), url)).toBe(REFUSED);
  });
});
