import { createHash } from 'node:crypto';
import type { Pooler } from './pool';

/**
 * How many statements are prepared by name on each connection. Further statements go unnamed, so that no
 * server's memory grows.
 */
const MAX_NAMED_STATEMENTS = 1_000;

/** The statements that a process has seen, each with the name under which connections keep it prepared. */
export class StatementNames {
  private readonly names = new Map<string, string>();

  /**
   * @param prefix keeps the names of two users of one connection apart
   * @param pooler without support for prepared statements, no statement gets a name
   */
  constructor(
    private readonly prefix: string,
    private readonly pooler: Pooler | undefined,
  ) {}

  of(text: string): string | undefined {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    if (this.pooler === 'transaction' || this.names.size >= MAX_NAMED_STATEMENTS) return undefined;
    const name = `${this.prefix}${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
    this.names.set(text, name);
    return name;
  }
}
