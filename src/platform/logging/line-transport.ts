import Transport from 'winston-transport';

/** The property in which winston's formats leave the finished line. */
export const LINE: unique symbol = Symbol.for('message') as never;

/** With more than this, lines are written immediately instead of at the end of the turn. */
const MAX_WAITING_CHARACTERS = 64 * 1024;

/**
 * Collects the lines of one turn of the event loop and writes them at once: under load, one write per line
 * would cost more than the request it describes. Waiting lines are written when the process ends.
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

/** Writes finished lines to standard output, or to the given stream. */
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
