import type { Response } from 'supertest';
import { type Client, createTestApp, type TestApp } from './app';
import { World } from './world';

const PASSWORD = 'seven wet otters on a raft';
const ADDRESS = (name: string) => `${name}@journey.example`;

const CHAT_TOOL = {
  name: 'Fraction coach',
  version: '1.0',
  type: 'chat',
  behavior: 'CANARY-CHAT: ask one question at a time and never tell the result.',
  constraints: { topics: ['fractions'], no_direct_answers: true, max_messages: 10 },
  meta: { subject: 'Mathematics', grades: [6] },
};

const PRODUCT_TOOL = {
  name: 'Outline builder',
  version: '1.0',
  type: 'product',
  behavior: 'CANARY-PRODUCT: turn ideas into an outline.',
  input_schema: {
    type: 'object',
    additionalProperties: false,
    required: ['topic'],
    properties: { topic: { type: 'string', minLength: 3 } },
  },
  output_schema: {
    type: 'object',
    additionalProperties: false,
    required: ['title', 'points'],
    properties: {
      title: { type: 'string' },
      points: { type: 'array', minItems: 2, maxItems: 5, items: { type: 'string' } },
    },
  },
};

/** `data` of an answer that has to have this status; otherwise the answer itself is shown. */
function dataOf(response: Response, status: number) {
  if (response.status !== status) {
    throw new Error(`${response.status} instead of ${status}: ${JSON.stringify(response.body)}`);
  }
  return response.body.data;
}

/** The events of a `text/event-stream`: `{ event, data }` in order. */
function eventsOf(body: string): { event: string; data: Record<string, unknown> }[] {
  return body
    .split('\n\n')
    .map((block) => ({
      event: /^event: ?(.*)$/m.exec(block)?.[1] ?? '',
      data: JSON.parse(/^data: ?(.*)$/m.exec(block)?.[1] ?? 'null'),
    }))
    .filter(({ event }) => event !== '');
}
