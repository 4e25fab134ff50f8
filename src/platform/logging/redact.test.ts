import { toggleDebug } from './log-level';
import { createLogger } from './logger';
import { redactField, redactText } from './redact';

describe('hidden fields', () => {
  it.each([
    ['mail to jane.doe+x@school.example.org failed', 'mail to [e-mail] failed'],
    ['postgres://rapt:pa55word@db:5432/x', 'postgres://[hidden]@db:5432/x'],
    ['Authorization: Bearer abcdef123456.xyz', 'Authorization: Bearer [hidden]'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln', 'jwt [token]'],
    ['key sk-or-v1-0123456789abcdef', 'key [key]'],
    ['GET /callback?code=abc&state=def', 'GET /callback?code=[hidden]&state=[hidden]'],
    ['password=hunter2 refused', 'password=[hidden] refused'],
  ])('%s', (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
  });

  it.each(['nothing to see', 'route /runs/:id', 'ids 0198c1f2-7a3b-7c44-8d55-0123456789ab', 'a = b'])(
    'but this is: %s',
    (text) => {
      expect(redactText(text)).toBe(text);
    },
  );

  it('are hidden at any depth', () => {
    const value = {
      users: [{ id: 1, email: 'a@b.example', displayName: 'Jane', tokens: 7, note: 'ask a@b.example' }],
    };
    expect(redactField('job', value)).toEqual({
      users: [{ id: 1, email: '[hidden]', displayName: '[hidden]', tokens: 7, note: 'ask [e-mail]' }],
    });
  });

  it('include the texts that library errors quote', () => {
    const prisma = Object.assign(
      new Error('\nInvalid invocation:\n{ data: { name: "Jane" } }\nUnknown field'),
      {
        name: 'PrismaClientValidationError',
      },
    );
    const postgres = Object.assign(new Error('invalid input syntax for type uuid: "Jane"'), {
      code: '22P02',
    });
    const caused = new Error('outer', { cause: postgres });
    expect(
      JSON.stringify([prisma, postgres, caused].map((error) => redactField('error', error))),
    ).not.toContain('Jane');
    expect(redactField('error', prisma)).toMatchObject({ message: 'Unknown field' });
  });
});

describe('the level', () => {
  it('can be raised to everything and lowered again, for every logger of the process', () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WritableStream;
    const logger = createLogger({ service: 'test', level: 'warn', format: 'json', stream }).child({ job: 1 });
    logger.debug('one');
    expect(toggleDebug()).toBe(true);
    logger.debug('two');
    expect(toggleDebug()).toBe(false);
    logger.info('three');
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['two']);
  });
});
