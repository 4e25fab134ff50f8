import http from 'node:http';
import https from 'node:https';
import { ProviderError } from './ai.provider';

/** No text answer is as large on the wire; more could fill our memory. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
/** The same for one event: the client copies the whole event for each piece that arrives. */
const MAX_EVENT_BYTES = 1024 * 1024;
/** The first lines of an error's body say what is wrong. */
const MAX_ERROR_BYTES = 16 * 1024;
/** An error's body arrives immediately, so it is not awaited as long as an answer. */
const ERROR_BODY_MS = 2_000;
const EVENT_ENDS = ['\n\n', '\r\n\r\n', '\r\r'];

const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

/** Options of a request in addition to those of `fetch`. */
export type ModelFetchOptions = {
  /** Called whenever anything arrives: the bytes of a comment also show that the provider is working. */
  onBytes?: () => void;
};

/**
 * `fetch` for the OpenAI client, on Node's own HTTP client: it needs half the CPU time of the built-in
 * fetch for a streamed answer. It follows no redirects and limits what it reads.
 */
export async function modelFetch(
  input: string | URL | Request,
  init: RequestInit & ModelFetchOptions = {},
): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  const reply = await send(url, init);
  init.onBytes?.();
  const status = reply.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, value] of Object.entries(reply.headers)) headers.set(name, String(value));
  if (status < 200 || status > 299) {
    // The client looks for an `error` in the body; not every provider sends one.
    const body = JSON.stringify({ error: await errorBody(reply) });
    const shown = status < 400 ? 300 : Math.min(status, 599);
    return new Response(body, { status: shown, headers: withoutFraming(headers) });
  }
  // These are all the parts of a streamed answer that the client uses; a real Response would cost as much
  // as the request.
  return {
    ok: true,
    status,
    headers,
    url: url.href,
    body: bounded(reply, init.onBytes),
  } as unknown as Response;
}

function send(url: URL, init: RequestInit): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const body = typeof init.body === 'string' ? init.body : '';
    const sent = request(url, {
      agent: agents[url.protocol as keyof typeof agents],
      method: init.method ?? 'POST',
      headers: {
        ...Object.fromEntries(new Headers(init.headers)),
        'content-length': Buffer.byteLength(body),
      },
    });
    sent.on('response', resolve);
    // Also if a kept connection turns out to be closed: the gateway decides about a retry, because it
    // records it.
    sent.on('error', reject);
    // By hand: with the signal, Node would emit an unhandled error after the whole answer has arrived.
    const abortStream = (): void => void sent.destroy();
    if (init.signal?.aborted === true) abortStream();
    else init.signal?.addEventListener('abort', abortStream, { once: true });
    sent.end(body);
  });
}

/** The beginning of an error's body: parsed if it is JSON, otherwise as text. */
async function errorBody(reply: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => reply.destroy(), ERROR_BODY_MS);
  try {
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= MAX_ERROR_BYTES) break;
    }
  } catch {
    // The part that has arrived is enough.
  } finally {
    clearTimeout(timer);
  }
  const text = Buffer.concat(chunks).toString('utf8', 0, MAX_ERROR_BYTES);
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

/** The body was replaced, so the old length and encoding no longer apply. */
function withoutFraming(headers: Headers): Headers {
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) headers.delete(name);
  headers.set('content-type', 'application/json');
  return headers;
}

async function* bounded(
  body: AsyncIterable<Buffer>,
  onBytes: (() => void) | undefined,
): AsyncGenerator<Buffer> {
  let total = 0;
  let sinceEvent = 0;
  for await (const chunk of body) {
    onBytes?.();
    total += chunk.byteLength;
    sinceEvent = EVENT_ENDS.some((end) => chunk.includes(end)) ? 0 : sinceEvent + chunk.byteLength;
    if (total > MAX_RESPONSE_BYTES || sinceEvent > MAX_EVENT_BYTES) {
      throw new ProviderError('ai.bad_response', 'other', 'an answer without end');
    }
    yield chunk;
  }
}
