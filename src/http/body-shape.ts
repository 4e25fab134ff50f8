import { InvalidInputError } from '../shared/errors';

/** The maximum depth of a body: more than any schema needs, and less than recursion can handle. */
export const MAX_DEPTH = 40;
/** The most keys of one object. Themes have the most hand-written entries: 200 texts. */
export const MAX_KEYS = 1_000;
/** The most items of one array, such as a student's data for a product tool. */
export const MAX_ITEMS = 10_000;
/**
 * The most values of a whole body, because the cost of parsing and validating grows with these and not with
 * bytes.
 */
export const MAX_VALUES = 20_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;

function refused(reason: string, message: string): InvalidInputError {
  return new InvalidInputError(message, { issues: [{ path: 'body', reason, message }] });
}

function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Counts what a JSON text holds, container by container. */
class Shape {
  private values = 1;
  /** For each open container: its limit, and the number of commas so far. */
  private readonly limits: number[] = [];
  private readonly commas: number[] = [];

  open(limit: number): void {
    this.count();
    this.limits.push(limit);
    this.commas.push(0);
    if (this.limits.length > MAX_DEPTH)
      throw refused('malformed_json', `The body is nested deeper than ${MAX_DEPTH} levels.`);
  }

  close(): void {
    this.limits.pop();
    this.commas.pop();
  }

  comma(): void {
    this.count();
    const top = this.commas.length - 1;
    const commas = (this.commas[top] ?? 0) + 1;
    const limit = this.limits[top] ?? MAX_ITEMS;
    if (commas >= limit)
      throw refused(
        'too_many_values',
        `An object may have at most ${MAX_KEYS} keys, and a list at most ${MAX_ITEMS} items.`,
      );
    if (top >= 0) this.commas[top] = commas;
  }

  private count(): void {
    this.values += 1;
    if (this.values > MAX_VALUES)
      throw refused('too_many_values', `The body has more than ${MAX_VALUES} values.`);
  }
}

/**
 * Refuses a body with too many values before it is parsed. It looks once at each byte and allocates
 * nothing. The parser checks later whether the text is JSON at all.
 * @throws InvalidInputError for too many keys, items or values, or too deep a nesting
 */
export function assertModestJson(bytes: Buffer): void {
  const shape = new Shape();
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at] as number) {
      case QUOTE:
        at = endOfString(bytes, at);
        break;
      case OPEN_OBJECT:
        shape.open(MAX_KEYS);
        break;
      case OPEN_ARRAY:
        shape.open(MAX_ITEMS);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        shape.close();
        break;
      case COMMA:
        shape.comma();
        break;
      default:
    }
  }
}
