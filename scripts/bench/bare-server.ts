import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import pg from 'pg';
import { BARE_TARGETS } from './bare-statements';

/**
 * The least that can answer: node:http, pg and one prepared statement a request, without validation,
 * permissions, headers or logs. The difference to the API is the price of everything the API does besides.
 */
const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_MAX ?? 10),
});
const targets = Object.entries(BARE_TARGETS);
const agent = new Agent({ keepAlive: true });

function readBody(stream: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('end', () => resolve(text));
    stream.on('error', reject);
  });
}

/** Asks the scripted model the same question as the API does, as a stream, and joins the pieces. */
function askModel(content: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${process.env.AI_GATEWAY_URL}/chat/completions`,
      { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
      (response) => {
        readBody(response).then((text) => {
          const parts = text.split('\n').filter((line) => line.startsWith('data: {'));
          resolve(
            parts
              .map(
                (line) =>
                  (JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] }).choices[0]
                    ?.delta.content ?? '',
              )
              .join(''),
          );
        }, reject);
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content }] }));
  });
}

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://localhost');
  for (const [name, target] of targets) {
    const match = req.method === target.method ? target.pattern.exec(url.pathname) : null;
    if (match === null) continue;
    const body =
      req.method === 'GET' ? {} : (JSON.parse((await readBody(req)) || '{}') as Record<string, unknown>);
    if (name === 'message') body.answer = await askModel(String(body.content));
    const { rows } = await pool.query({ name, text: target.text, values: target.values(match, url, body) });
    const text = Buffer.from(JSON.stringify(target.body(rows)));
    res.writeHead(req.method === 'POST' ? 201 : 200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': text.length,
    });
    res.end(text);
    return;
  }
  // Answers the check whether this server is up.
  res.writeHead(url.pathname === '/' ? 200 : 404).end();
}

const server = createServer((req, res) => {
  answer(req, res).catch(() => res.writeHead(500).end());
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
