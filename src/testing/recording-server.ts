import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface PlannedAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Never answers. */
  isHeld?: boolean;
}

/** An HTTP server on loopback that records its requests and answers as planned. */
export class RecordingServer {
  readonly requests: RecordedRequest[] = [];
  private readonly planned: PlannedAnswer[] = [];

  private constructor(
    private readonly server: Server,
    private readonly usual: PlannedAnswer,
  ) {}

  static async start(usual: PlannedAnswer): Promise<RecordingServer> {
    const server = createServer();
    const recording = new RecordingServer(server, usual);
    server.on('request', (req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        recording.requests.push({ path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks) });
        const { status, body, headers, isHeld } = recording.planned.shift() ?? recording.usual;
        if (isHeld === true) return;
        res.writeHead(status, { 'Content-Type': 'application/json', ...headers });
        res.end(body === undefined ? '' : JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return recording;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next answers, in order. */
  next(...answers: PlannedAnswer[]): void {
    this.planned.push(...answers);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
