import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The body of a chat completion request: the parts that tests read. */
export interface ModelRequestBody {
  model: string;
  messages: { role: string; content: string }[];
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature?: number;
  stream_options?: unknown;
  stream?: boolean;
  response_format?: unknown;
}

/** A received request, and how it ended. */
export interface ModelRequest {
  body: ModelRequestBody;
  authorization: string | undefined;
  /** The time of its arrival, in milliseconds of `performance.now()`. */
  at: number;
  /** When the caller disconnected before the answer ended; otherwise null. */
  hungUpAt: number | null;
}

/** What the server does with one request. */
export type ModelScript = (reply: ModelReply) => void | Promise<void>;

/** The answer to one request: everything that a good or bad provider could send. */
export class ModelReply {
  constructor(
    readonly request: ModelRequest,
    private readonly res: ServerResponse,
    private readonly socket: Socket,
  ) {}

  get hungUp(): boolean {
    return this.request.hungUpAt !== null;
  }

  /** Sends the head of an event stream, before any event. */
  begin(): this {
    if (!this.res.headersSent)
      this.res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    return this;
  }

  raw(text: string): this {
    this.begin();
    this.res.write(text);
    return this;
  }

  event(data: unknown): this {
    return this.raw(`data: ${JSON.stringify(data)}\n\n`);
  }

  text(content: string): this {
    return this.event({
      id: 'fake',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content }, finish_reason: null }],
    });
  }

  /** Sends the finish reason and the token counts, and closes. */
  finish(
    reason = 'stop',
    usage: Record<string, unknown> | null = {
      prompt_tokens: 11,
      completion_tokens: 7,
    },
  ): void {
    this.event({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
    if (usage !== null) this.event({ choices: [], usage });
    this.raw('data: [DONE]\n\n').end();
  }

  /** Sends a piece in another field than the answer's. */
  delta(delta: Record<string, unknown>): this {
    return this.event({ choices: [{ index: 0, delta, finish_reason: null }] });
  }

  end(): void {
    this.res.end();
  }

  status(
    status: number,
    headers: Record<string, string> = {},
    body = JSON.stringify({ error: { message: 'scripted' } }),
  ): void {
    this.res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
  }

  /** Sends an error in the form that most providers use. */
  error(status: number, error: Record<string, unknown>): void {
    this.status(status, {}, JSON.stringify({ error }));
  }

  /** Resets the connection. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** Scripts, one for each way in which a provider answers or fails. */
export const model = {
  /** Answers word by word. */
  says:
    (text: string, options: { everyMs?: number } = {}): ModelScript =>
    async (reply) => {
      for (const word of text.match(/\S+\s*|\s+/g) ?? []) {
        if (options.everyMs !== undefined) await sleep(options.everyMs);
        if (reply.hungUp) return;
        reply.text(word);
      }
      reply.finish();
    },
  /** Accepts the request and sends nothing, not even a status. */
  hangs: (): ModelScript => () => {},
  hangsAfter:
    (text: string): ModelScript =>
    (reply) =>
      void reply.text(text),
  status:
    (status: number, headers: Record<string, string> = {}): ModelScript =>
    (reply) =>
      reply.status(status, headers),
  /** An error with a body: `{"error": …}`. */
  error:
    (status: number, error: Record<string, unknown>): ModelScript =>
    (reply) =>
      reply.error(status, error),
  /** Sends exactly these pieces. */
  pieces:
    (pieces: readonly string[], reason = 'stop', usage?: Record<string, unknown> | null): ModelScript =>
    (reply) => {
      for (const piece of pieces) reply.text(piece);
      reply.finish(reason, usage);
    },
  /** Refuses a parameter as long as it is sent, as OpenAI does. */
  withoutParameter:
    (parameter: keyof ModelRequestBody, error: Record<string, unknown>, status = 400): ModelScript =>
    (reply) =>
      reply.request.body[parameter] === undefined
        ? model.says('Understood.')(reply)
        : reply.error(status, error),
  resetsAfter:
    (text: string): ModelScript =>
    async (reply) => {
      reply.text(text);
      // The text must be sent before the reset overtakes it.
      await sleep(30);
      reply.reset();
    },
  resets: (): ModelScript => (reply) => reply.reset(),
  /** Events that are no JSON. */
  garbageAfter:
    (text: string): ModelScript =>
    (reply) => {
      if (text !== '') reply.text(text);
      reply.raw('data: {"choices": [{"delta": <html>\n\n').end();
    },
  /** JSON that is no chat completion. */
  wrongShape: (): ModelScript => (reply) =>
    reply.event({ choices: [{ delta: { content: { text: 'an object' } } }] }).end(),
  /** A page in place of an event stream. */
  html: (): ModelScript => (reply) =>
    reply.status(200, { 'Content-Type': 'text/html' }, '<html>Welcome</html>'),
  /** Comments that keep the connection open, then the answer. */
  commentsThenSays:
    (times: number, everyMs: number, text: string): ModelScript =>
    async (reply) => {
      for (let n = 0; n < times && !reply.hungUp; n += 1) {
        reply.raw(': processing\n\n');
        await sleep(everyMs);
      }
      if (!reply.hungUp) reply.text(text).finish();
    },
  empty: (): ModelScript => (reply) => reply.begin().finish('stop', null),
  /** Closes cleanly in the middle of a sentence. */
  endsAfter:
    (text: string): ModelScript =>
    (reply) =>
      reply.text(text).end(),
  refuses: (): ModelScript => (reply) => reply.finish('content_filter'),
  failsInside:
    (text: string): ModelScript =>
    (reply) =>
      reply
        .text(text)
        .event({ error: { message: 'overloaded', code: 502 } })
        .end(),
  /** Continues until the caller has enough. */
  neverEnds:
    (piece: string, everyMs = 0): ModelScript =>
    async (reply) => {
      while (!reply.hungUp) {
        reply.text(piece);
        await sleep(everyMs);
      }
    },
  /** Sends what the test wants, when the test wants it. */
  held: (): HeldScript => new HeldScript(),
};

/** A script that waits for the test. */
export class HeldScript {
  private readonly waiting: ((reply: ModelReply) => void)[] = [];
  private readonly replies: ModelReply[] = [];

  readonly script: ModelScript = (reply) => {
    reply.begin();
    this.replies.push(reply);
    for (const resolve of this.waiting.splice(0)) resolve(reply);
  };

  /** The held answer, once the request has arrived. */
  async reply(): Promise<ModelReply> {
    return this.replies.at(-1) ?? new Promise((resolve) => this.waiting.push(resolve));
  }
}

/**
 * A model provider that speaks OpenAI's protocol over real HTTP on the loopback address, and does what
 * tests script. Requests without a script get `fallback`.
 */
export class FakeModelServer {
  readonly requests: ModelRequest[] = [];
  fallback: ModelScript = model.says('Let us think about it together. What do you know already?');
  private readonly scripts: ModelScript[] = [];
  private readonly byModel = new Map<string, ModelScript>();
  private readonly server = createServer((req, res) => void this.handle(req, res));

  static async start(): Promise<FakeModelServer> {
    const fake = new FakeModelServer();
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** The value for AI_GATEWAY_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Scripts for the next requests, one each, in order. */
  next(...scripts: (ModelScript | HeldScript)[]): void {
    this.scripts.push(...scripts.map((each) => (each instanceof HeldScript ? each.script : each)));
  }

  /** A script for every request for this model. */
  on(name: string, script: ModelScript): void {
    this.byModel.set(name, script);
  }

  /** Forgets requests and scripts. */
  reset(): void {
    this.requests.length = 0;
    this.scripts.length = 0;
    this.byModel.clear();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    if (req.method !== 'POST' || req.url !== '/v1/chat/completions') {
      res.writeHead(404).end();
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ModelRequestBody;
    const request: ModelRequest = {
      body,
      authorization: req.headers.authorization,
      at: performance.now(),
      hungUpAt: null,
    };
    this.requests.push(request);
    res.on('close', () => {
      if (!res.writableFinished) request.hungUpAt = performance.now();
    });
    const script = this.byModel.get(body.model) ?? this.scripts.shift() ?? this.fallback;
    await script(new ModelReply(request, res, req.socket));
  }
}
