import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/**
 * What the server does with a message: accepts it, refuses it with a reply, or disconnects after it was
 * received.
 */
export type MailScript = 'take' | 'hang_up' | 'wait' | { at: 'rcpt' | 'data' | 'mail'; code: number };

export interface ReceivedMail {
  from: string;
  to: string[];
  raw: string;
}

/** A real mail server on loopback that follows a script. */
export class FakeMailServer {
  /** Every message that was received completely, even if the answer was an error. */
  readonly received: ReceivedMail[] = [];
  /** The number of connections. */
  connections = 0;
  /** Whether it accepts connections and then says nothing. */
  isMute = false;
  private readonly scripts: MailScript[] = [];
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      // At the end of a test, open connections do not matter.
      closeTimeout: 100,
      onAuth: (auth, _session, done) =>
        auth.username === 'school' && auth.password === 'p@ss'
          ? done(null, { user: 'school' })
          : done(Object.assign(new Error('wrong'), { responseCode: 535 })),
      onConnect: (_session, done) => {
        this.connections += 1;
        if (!this.isMute) done();
      },
      onMailFrom: (_address, _session, done) => this.refuseAt('mail', done),
      onRcptTo: (_address, _session, done) => this.refuseAt('rcpt', done),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          this.received.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            raw: Buffer.concat(chunks).toString('utf8'),
          });
          const script = this.scripts.shift() ?? 'take';
          if (script === 'hang_up') this.hangUp();
          else if (typeof script === 'object') done(refusal(script.code));
          else if (script === 'take') done();
        });
      },
    });
    this.server.on('error', () => {});
  }

  static async start(): Promise<FakeMailServer> {
    const server = new FakeMailServer();
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const { port } = this.server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}`;
  }

  /** Scripts for the next messages, in order; later messages are accepted. */
  next(...scripts: MailScript[]): void {
    this.scripts.push(...scripts);
  }

  async stop(): Promise<void> {
    this.hangUp();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Closes all connections immediately. */
  hangUp(): void {
    for (const connection of this.server.connections)
      (connection as { _socket?: { destroy(): void } })._socket?.destroy();
  }

  private refuseAt(at: 'rcpt' | 'mail', done: (error?: Error | null) => void): void {
    const script = this.scripts[0];
    const isRefused = typeof script === 'object' && script.at === at;
    if (isRefused) this.scripts.shift();
    done(isRefused ? refusal(script.code) : null);
  }
}

function refusal(code: number): Error {
  return Object.assign(new Error('as told'), { responseCode: code });
}
