import type { RE2JS } from 're2js';
import { compilePattern } from './patterns';

/** The longest text that is generated for a pattern. */
const MAX_LENGTH = 2_000;
/** Steps of the search, each an instruction at a length: some 0.1 s. */
const MAX_STEPS = 2_000_000;
/** Readable characters, tried before the first characters of a class. */
const PREFERRED = Array.from('xaA1 -_.@', (character) => character.codePointAt(0) as number);

/** The operations of re2js's programs, which it does not export by name. */
const OP = {
  alt: 1,
  altMatch: 2,
  capture: 3,
  emptyWidth: 4,
  match: 6,
  nop: 7,
  rune: 8,
  runeAnyNotNewline: 11,
} as const;
/**
 * Conditions of an empty-width instruction that hold only before the first character, or only after the
 * last.
 */
const AT_BEGIN = 1 | 4;
const AT_END = 2 | 8;

interface Instruction {
  op: number;
  out: number;
  arg: number;
  runes: ArrayLike<number>;
  matchRune(rune: number): boolean;
}

interface Program {
  start: number;
  inst: readonly Instruction[];
}

/**
 * The states that the automaton can reach after a number of characters: each reading instruction, and the
 * one it came from.
 */
type Layer = Map<number, number>;

/**
 * Finds the shortest text of at least `minLength` characters that a pattern accepts, by searching the
 * program that checks it. Returns null if there is none within the limits.
 */
export function sampleOf(pattern: string, minLength = 0, maxLength = MAX_LENGTH): string | null {
  const compiled = compilePattern(pattern);
  const most = Math.min(maxLength, MAX_LENGTH);
  const exact = new Walk(compiled).text(minLength, most);
  const candidates = [exact, ...padded(compiled, minLength, most)];
  return (
    candidates.find(
      (text) => text !== null && text.length >= minLength && text.length <= maxLength && compiled.test(text),
    ) ?? null
  );
}

/** Without ^ or $, a pattern allows any text beside its match. */
function* padded(compiled: RE2JS, minLength: number, maxLength: number): Generator<string> {
  if (minLength > maxLength) return;
  const short = new Walk(compiled).text(0, maxLength);
  if (short === null || short.length >= minLength) return;
  yield short.padEnd(minLength, 'x');
  yield short.padStart(minLength, 'x');
}

class Walk {
  private readonly program: Program;
  private steps = 0;

  constructor(compiled: RE2JS) {
    this.program = compiled.re2Input.prog as Program;
  }

  text(minLength: number, maxLength: number): string | null {
    const layers: Layer[] = [];
    let sources: readonly (readonly [number, number])[] = [[this.program.start, -1]];
    for (let length = 0; length <= maxLength; length += 1) {
      const { readers, end } = this.close(sources, length === 0);
      if (end !== undefined && length >= minLength) return this.spell(layers, end);
      if (readers.size === 0 || this.steps > MAX_STEPS) return null;
      layers.push(readers);
      sources = [...readers.keys()].map((pc) => [this.at(pc).out, pc]);
    }
    return null;
  }

  private at(pc: number): Instruction {
    return this.program.inst[pc] as Instruction;
  }

  /** Follows all instructions that read nothing. `end` is the reader before a match; -1 for none. */
  private close(sources: readonly (readonly [number, number])[], isStart: boolean) {
    const readers: Layer = new Map();
    let end: number | undefined;
    const seen = new Set<number>();
    // After a condition of the end nothing can be read any more, so those states are separate.
    const stack = sources.map(([pc, from]) => ({ pc, from, isOver: false })).reverse();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { pc, from, isOver } = next;
      const key = pc * 2 + Number(isOver);
      if (seen.has(key)) continue;
      seen.add(key);
      this.steps += 1;
      const { op, out, arg } = this.at(pc);
      if (op === OP.match) end ??= from;
      else if (op === OP.alt || op === OP.altMatch) {
        stack.push({ pc: arg, from, isOver }, { pc: out, from, isOver });
      } else if (op === OP.capture || op === OP.nop) stack.push({ pc: out, from, isOver });
      else if (op === OP.emptyWidth) {
        if ((arg & AT_BEGIN) === 0 || isStart)
          stack.push({ pc: out, from, isOver: isOver || (arg & AT_END) !== 0 });
      } else if (op >= OP.rune && op <= OP.runeAnyNotNewline && !isOver && !readers.has(pc))
        readers.set(pc, from);
    }
    return { readers, end };
  }

  /** Goes back from the last reader to the first. */
  private spell(layers: readonly Layer[], last: number): string {
    const characters: string[] = [];
    let pc = last;
    for (let i = layers.length - 1; i >= 0; i -= 1) {
      characters.push(String.fromCodePoint(characterOf(this.at(pc))));
      pc = layers[i]?.get(pc) as number;
    }
    return characters.reverse().join('');
  }
}

function characterOf(instruction: Instruction): number {
  const { op, runes } = instruction;
  if (op > OP.rune + 1) return PREFERRED[0] as number;
  if (runes.length === 1) return runes[0] as number;
  return PREFERRED.find((rune) => instruction.matchRune(rune)) ?? (runes[0] as number);
}
