import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { runInContext } from '../context';
import { createLogger, type LoggerOptions } from './logger';

describe('the logger', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
  });
  const stream = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WritableStream;
  const logger = (options: Partial<LoggerOptions> = {}) =>
    createLogger({ service: 'test', level: 'info', format: 'json', stream, ...options });
  const read = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  it('writes one line of JSON with the given fields, the time and the service', () => {
    logger().info('done', { count: 3 });
    expect(read()).toEqual([
      {
        level: 'info',
        message: 'done',
        count: 3,
        service: 'test',
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
  });

  it('adds the request, user and tenant of the work in progress', async () => {
    const context = { requestId: 'r', userId: 'u', tenantId: 't' };
    await runInContext(context, async () => {
      await Promise.resolve();
      logger().info('within');
    });
    logger().info('outside');
    expect(read()).toMatchObject([context, expect.not.objectContaining({ requestId: 'r' })]);
  });

  it('keeps to its level, and asks before it makes the line', () => {
    const costly = jest.fn(() => 'x');
    const quiet = logger({ level: 'warn' });
    quiet.debug('no', {
      get costly() {
        return costly();
      },
    });
    quiet.info('no');
    quiet.warn('yes');
    quiet.error('yes');
    expect(read().map(({ level }) => level)).toEqual(['warn', 'error']);
    expect(costly).not.toHaveBeenCalled();
  });

  it.each([
    'password',
    'newPassword',
    'SESSION_SECRET',
    'accessToken',
    'Authorization',
    'set-cookie',
    'apiKey',
    'AI_API_KEY',
  ])('never writes a field called %s', (name) => {
    logger().info('careless', { [name]: 'swordfish' });
    expect(lines.join()).not.toContain('swordfish');
    expect(read()[0]?.[name]).toBe('[hidden]');
  });

  it('logs errors with name, message, code and stack', () => {
    logger().error('failed', {
      error: Object.assign(new TypeError('no such thing'), { code: 'E1', secretOfTheLibrary: 1 }),
    });
    expect(read()[0]?.error).toEqual({
      name: 'TypeError',
      message: 'no such thing',
      code: 'E1',
      stack: expect.stringContaining('logger.test'),
    });
  });

  it('cannot be made to forge a line', () => {
    logger().info('a\nb', { text: 'x\r\n{"level":"error","message":"forged"}' });
    logger({ format: 'pretty' }).info('fine', { text: 'x\r\n12:00 error forged' });
    expect(lines.map((line) => line.split('\n').length)).toEqual([2, 2]);
  });

  it('writes what JSON cannot hold in words', () => {
    const circular: Record<string, unknown> = { big: 12n };
    circular.self = circular;
    logger().info('odd', { big: 12n, circular, after: 'still there' });
    expect(read()[0]).toMatchObject({ message: 'odd', big: '12', after: 'still there' });
  });

  it('gives a child its fields for each line', () => {
    logger().child({ job: 'j' }).info('one', { n: 1 });
    expect(read()).toMatchObject([{ job: 'j', n: 1, message: 'one' }]);
  });

  it('is readable for people, with the stack below', () => {
    logger({ format: 'pretty' }).error('failed', { id: 7, error: new Error('why') });
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} .*error.* test failed \{"id":7\}\nError: why\n {4}at /);
  });

  it('loses no line when the process ends immediately', () => {
    const script = `
      const { createLogger } = require(${JSON.stringify(path.join(__dirname, 'logger.ts'))});
      const logger = createLogger({ service: 'x', level: 'info', format: 'json' });
      for (let i = 0; i < 3000; i += 1) logger.info('line', { i, padding: 'x'.repeat(50) });
      process.exit(0);`;
    const output = execFileSync(
      process.execPath,
      ['--require', path.resolve(__dirname, '../../testing/register.cjs'), '-e', script],
      { encoding: 'utf8' },
    );
    expect(output.trim().split('\n')).toHaveLength(3_000);
  });
});
