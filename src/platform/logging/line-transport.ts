import Transport from 'winston-transport';

/** Where winston's formats leave the finished line. */
export const LINE: unique symbol = Symbol.for('message') as never;

/** Above this, lines are written at once instead of at the end of the turn. */
const MAX_WAITING_CHARACTERS = 64 * 1024;

/**
 * Gathers the lines of one turn of the event loop and writes them in one piece: under load a write for each line
 * would cost more than the request that it tells of. What is waiting when the process ends is written then.
 */
class StandardOutput {
  private waiting = '';

  constructor() {
    process.on('exit', () => this.flush());
  }

  write(line: string): void {
    if (this.waiting === '') setImmediate(() => this.flush());
    this.waiting += line;
    if (this.waiting.length > MAX_WAITING_CHARACTERS) this.flush();
  }

  private flush(): void {
    const lines = this.waiting;
    this.waiting = '';
    if (lines !== '') process.stdout.write(lines);
  }
}

const standardOutput = new StandardOutput();

/** Where finished lines go: standard output, or the stream that is given. */
export class LineTransport extends Transport {
  constructor(
    private readonly output: Pick<NodeJS.WritableStream, 'write'> | StandardOutput = standardOutput,
  ) {
    super();
  }

  override log(info: { [LINE]?: string }, next: () => void): void {
    this.output.write(`${info[LINE] ?? ''}\n`);
    next();
  }
}
