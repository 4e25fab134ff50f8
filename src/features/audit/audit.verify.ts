import { chainOf, type EventText, genesisHash, sealHash } from './audit.chain';

/**
 * What can be wrong with a chain. `changed`: an event (or its seal) is not what was sealed. `removed`: the event is
 * gone. `seal_removed`: the seal of a position is gone. `reordered`: it does not come after the one before. `inserted`:
 * an event that was not there when its surroundings were sealed. `truncated`: the end is gone. `head_changed`: the head
 * says something else than the chain. `anchor_differs`: the chain is not the one of which the hash was kept elsewhere.
 */
export type ProblemKind =
  | 'changed'
  | 'removed'
  | 'seal_removed'
  | 'reordered'
  | 'inserted'
  | 'truncated'
  | 'head_changed'
  | 'anchor_differs';

export interface Problem {
  kind: ProblemKind;
  /** In the chain; of an inserted event: the position that it has come to stand behind. */
  position: number;
  eventId: string | null;
}

/** A seal with the event that it is of, where that is still there. */
export interface SealedEvent {
  sealId: string;
  position: number;
  hash: string;
  event: EventText | null;
}

/** The first ones say where to look; a chain that was broken altogether must not fill the memory. */
export const MAX_PROBLEMS = 100;

/** Walks along a chain and compares each step. A wrong one does not hide those behind it. */
export class ChainWalk {
  /** The first ones. */
  readonly problems: Problem[] = [];
  problemCount = 0;
  /** Seals seen. */
  sealed = 0;
  position = 0;
  /** Of the seal before. Null behind a gap: what was there cannot be known. */
  hash: Buffer | null;
  /** Of the event of the last seal; null where that is gone. */
  lastSeq: number | null = 0;
  private highestSeq = 0;

  constructor(private readonly chainId: string) {
    this.hash = genesisHash(chainId);
  }

  step({ sealId, position, hash, event }: SealedEvent): void {
    for (let missing = this.position + 1; missing < position; missing += 1) {
      this.found({ kind: 'seal_removed', position: missing, eventId: null });
      this.hash = null;
    }
    const problem = this.judge(hash, event);
    if (problem !== null) this.found({ kind: problem, position, eventId: sealId });
    this.lastSeq = event === null ? null : Number(event.seq);
    // Of those that are as they were: the number of a changed one says nothing about the others.
    if (problem === null) this.highestSeq = this.lastSeq ?? 0;
    this.position = position;
    this.hash = Buffer.from(hash, 'hex');
    this.sealed += 1;
  }

  found(problem: Problem): void {
    this.problemCount += 1;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }

  private judge(hash: string, event: EventText | null): ProblemKind | null {
    if (event === null) return 'removed';
    const isIntact = this.hash === null || sealHash(this.hash, event).toString('hex') === hash;
    if (!isIntact || chainOf(event.tenantId) !== this.chainId) return 'changed';
    return Number(event.seq) > this.highestSeq ? null : 'reordered';
  }
}

/** What the end of a walk amounts to, given what the head says. */
export function judgeHead(
  walk: ChainWalk,
  head: { position: number; seq: number; hash: string } | null,
): Problem | null {
  const at = { position: walk.position, eventId: null };
  if (head === null) return walk.position === 0 ? null : { kind: 'head_changed', ...at };
  if (head.position > walk.position) return { kind: 'truncated', position: walk.position + 1, eventId: null };
  const isSame =
    head.position === walk.position &&
    (walk.hash === null || head.hash === walk.hash.toString('hex')) &&
    (walk.lastSeq === null || head.seq === walk.lastSeq);
  return isSame ? null : { kind: 'head_changed', ...at };
}
