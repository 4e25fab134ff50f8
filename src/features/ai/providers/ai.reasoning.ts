/** The names of the tags in which models write their reasoning: `<think>`, `[THINK]`. */
const NAMES = ['think', 'thinking', 'thought', 'reasoning'];
const MAX_ATTRIBUTES = 200;
/** No tag is longer, so no more than this is held back while its end may still come. */
const MAX_TAG = MAX_ATTRIBUTES + 20;

const TAG = new RegExp(
  `<(/?)(?:${NAMES.join('|')})(?:\\s[^<>]{0,${MAX_ATTRIBUTES}})?>|\\[(/?)THINK\\]|◁(/?)think▷`,
  'gi',
);
const STARTS = ['<', '[', '◁'];

/** Whether more characters could turn this into a tag. */
function mayBecomeTag(text: string): boolean {
  if (text.length > MAX_TAG) return false;
  const bare = text.toLowerCase().replace('/', '');
  if (text.startsWith('[')) return '[think]'.startsWith(bare);
  if (text.startsWith('◁')) return '◁think▷'.startsWith(bare);
  const [, name = '', attributes] = /^<([a-z]*)(\s[^<>]*)?$/.exec(bare) ?? [null, '-'];
  return NAMES.some((each) => (attributes === undefined ? each.startsWith(name) : each === name));
}

/** Where the end of the text begins that could still become a tag; the length if there is none. */
function openEnd(text: string): number {
  const places = STARTS.map((start) => text.lastIndexOf(start));
  return Math.min(text.length, ...places.filter((at) => at >= 0 && mayBecomeTag(text.slice(at))));
}

/** The result for a piece. */
export interface Separated {
  /** The part that belongs to the answer. */
  text: string;
  /** Whether all text so far was reasoning: its end tag has come, and its start tag never did. */
  withdraws: boolean;
}

/**
 * Separates a model's reasoning from its answer while both arrive in pieces, cut anywhere. Reasoning
 * without an end tag lasts to the end. A tag directly after a backtick is quoted by the answer and stays.
 */
export class ReasoningFilter {
  /** Bytes of reasoning so far. */
  bytes = 0;
  private isReasoning = false;
  /** Whether the answer has begun. White space between reasoning and answer belongs to neither. */
  private hasBegun = false;
  private hasSeenTag = false;
  private last = '';
  private held = '';

  push(piece: string): Separated {
    let rest = this.held + piece;
    const out: Separated = { text: '', withdraws: false };
    for (let tag = this.nextTag(rest); tag !== null; tag = this.nextTag(rest)) {
      this.take(rest.slice(0, tag.at), out);
      rest = rest.slice(tag.at + tag.length);
      if (tag.closes && !this.isReasoning) this.withdraw(out);
      this.isReasoning = !tag.closes;
      this.hasSeenTag = true;
      this.last = '';
    }
    const end = openEnd(rest);
    this.take(rest.slice(0, end), out);
    this.held = rest.slice(end);
    return out;
  }

  /** Returns the text that was held back, when no more comes. */
  end(): string {
    const out: Separated = { text: '', withdraws: false };
    this.take(this.held, out);
    this.held = '';
    return out.text;
  }

  private nextTag(text: string): { at: number; length: number; closes: boolean } | null {
    for (const match of text.matchAll(TAG)) {
      const before = match.index === 0 ? this.last : text[match.index - 1];
      const closes = [match[1], match[2], match[3]].includes('/');
      // During the reasoning, everything that looks like its end is its end.
      if (before === '`' && !(this.isReasoning && closes)) continue;
      return { at: match.index, length: match[0].length, closes };
    }
    return null;
  }

  private take(text: string, out: Separated): void {
    if (text === '') return;
    this.last = text.slice(-1);
    if (this.isReasoning) {
      this.bytes += Buffer.byteLength(text);
      return;
    }
    const fresh = this.hasBegun || !this.hasSeenTag ? text : text.trimStart();
    if (fresh.trim() !== '') this.hasBegun = true;
    out.text += fresh;
  }

  private withdraw(out: Separated): void {
    this.bytes += Buffer.byteLength(out.text);
    out.text = '';
    out.withdraws = true;
    this.hasBegun = false;
  }
}
