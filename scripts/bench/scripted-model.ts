import { createServer } from 'node:http';

/**
 * A model that answers the same twelve words immediately, as an OpenAI-compatible stream, at almost no
 * cost.
 */
const WORDS = 'What do you already know about the problem , and what next ?'.split(' ');
const chunk = (delta: object, finish: string | null, usage?: object) =>
  `data: ${JSON.stringify({ id: 'bench', object: 'chat.completion.chunk', created: 0, model: 'bench', choices: [{ index: 0, delta, finish_reason: finish }], ...(usage === undefined ? {} : { usage }) })}\n\n`;
const ANSWER = Buffer.from(
  [
    chunk({ role: 'assistant', content: '' }, null),
    ...WORDS.map((word) => chunk({ content: `${word} ` }, null)),
    chunk({}, 'stop', {
      prompt_tokens: 120,
      completion_tokens: WORDS.length,
      total_tokens: 120 + WORDS.length,
    }),
    'data: [DONE]\n\n',
  ].join(''),
);

createServer((req, res) => {
  req.resume().on('end', () => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Length': ANSWER.length });
    res.end(ANSWER);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
