/** Repetitions without an upper end are made this often. */
const OPEN_REPEAT = 1;
/** The longest text that is made for a pattern, whatever its counts say. */
const MAX_LENGTH = 2_000;

interface Node {
  make(): string;
  /** Whether one more of it may follow, to reach a length. */
  growable: boolean;
}

const CLASSES: Readonly<Record<string, string>> = {
  d: '7',
  w: 'a',
  s: ' ',
  D: 'x',
  W: '-',
  S: 'x',
  b: '',
  B: '',
  n: '\n',
  t: '\t',
  r: '\r',
};

/**
 * A text that a regular expression accepts, for the constructs that schemas use in practice: literals, classes,
 * groups, alternatives and counts. Look-around and back-references are passed over.
 */
export function demoMatch(pattern: string, minLength = 0, maxLength = MAX_LENGTH): string {
  const parser = new PatternParser(pattern);
  const parts = parser.alternatives();
  const make = () => parts.map((part) => part.make()).join('');
  let text = make();
  for (let extra = 1; text.length < minLength && extra < MAX_LENGTH; extra += 1) {
    const grown = parts.map((part) => (part.growable ? part.make().repeat(extra + 1) : part.make())).join('');
    if (grown.length === text.length && extra > 1) break;
    text = grown;
  }
  return text.slice(0, Math.min(maxLength, MAX_LENGTH));
}

class PatternParser {
  private at = 0;

  constructor(private readonly pattern: string) {}

  /** The parts of the first alternative; the others are read over. */
  alternatives(): Node[] {
    const first = this.sequence();
    while (this.peek() === '|') {
      this.at += 1;
      this.sequence();
    }
    return first;
  }

  private peek(): string | undefined {
    return this.pattern[this.at];
  }

  private sequence(): Node[] {
    const nodes: Node[] = [];
    for (let next = this.peek(); next !== undefined && next !== '|' && next !== ')'; next = this.peek()) {
      const piece = this.atom();
      const [least, most] = this.count();
      const times = least > 0 ? least : Math.min(OPEN_REPEAT, most);
      nodes.push({
        make: () => piece.repeat(Math.min(times, MAX_LENGTH)),
        growable: most === Number.POSITIVE_INFINITY,
      });
    }
    return nodes;
  }

  private atom(): string {
    const char = this.pattern[this.at] as string;
    this.at += 1;
    if (char === '^' || char === '$') return '';
    if (char === '.') return 'x';
    if (char === '(') return this.group();
    if (char === '[') return this.characterClass();
    if (char === '\\') return this.escape();
    return char;
  }

  private group(): string {
    const isAssertion = /^\?(=|!|<=|<!)/.test(this.pattern.slice(this.at));
    const prefix = /^\?(:|=|!|<=|<!|<\w+>)/.exec(this.pattern.slice(this.at));
    this.at += prefix?.[0].length ?? 0;
    const text = this.alternatives()
      .map((node) => node.make())
      .join('');
    this.at += 1;
    return isAssertion ? '' : text;
  }

  private escape(): string {
    const char = this.pattern[this.at] ?? '';
    this.at += 1;
    const hex =
      char === 'u' ? /^(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]+)\})/.exec(this.pattern.slice(this.at)) : null;
    if (hex !== null) {
      this.at += hex[0].length;
      return String.fromCodePoint(Number.parseInt(hex[1] ?? hex[2] ?? '78', 16));
    }
    const property = char === 'p' || char === 'P' ? /^\{([^}]*)\}/.exec(this.pattern.slice(this.at)) : null;
    if (property !== null) {
      this.at += property[0].length;
      return propertySample(property[1] ?? '', char === 'P');
    }
    return CLASSES[char] ?? char;
  }

  private characterClass(): string {
    const isNegated = this.peek() === '^';
    const end = this.classEnd();
    const body = this.pattern.slice(this.at, end);
    this.at = end + 1;
    if (isNegated) {
      const test = new RegExp(`[${body}]`, 'u');
      return ['a', 'A', '1', ' ', '-', '_', '.', '~', '\n'].find((char) => test.test(char)) ?? 'é';
    }
    const escaped = /^\\([pPu])/.test(body) ? new PatternParser(body).atom() : null;
    if (escaped !== null) return escaped;
    return body[0] === '\\' ? (CLASSES[body[1] ?? ''] ?? body[1] ?? '') : (body[0] ?? '');
  }

  private classEnd(): number {
    for (let end = this.at; end < this.pattern.length; end += 1) {
      if (this.pattern[end] === '\\') end += 1;
      else if (this.pattern[end] === ']') return end;
    }
    return this.pattern.length;
  }

  private count(): [number, number] {
    const match = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(this.pattern.slice(this.at));
    if (match === null) return [1, 1];
    this.at += match[0].length;
    const [, sign, least, comma, most] = match;
    if (sign === '*') return [0, Number.POSITIVE_INFINITY];
    if (sign === '+') return [1, Number.POSITIVE_INFINITY];
    if (sign === '?') return [0, 1];
    const from = Number(least);
    return [from, comma === '' ? from : most === '' ? Number.POSITIVE_INFINITY : Number(most)];
  }
}

function propertySample(name: string, isNegated: boolean): string {
  const sample = /^(N|Nd|Number)/.test(name)
    ? '7'
    : /^(P|Punctuation)/.test(name)
      ? '.'
      : /^(Lu|Uppercase)/.test(name)
        ? 'A'
        : 'a';
  if (!isNegated) return sample;
  return sample === 'a' || sample === 'A' ? '7' : 'a';
}
