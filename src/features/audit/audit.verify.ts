import { chainOf, type EventText, genesisHash, sealHash } from './audit.chain';

/**
 * What can be wrong with a chain. `changed`: an event or its seal differs from what was sealed. `removed`:
 * the event is gone. `seal_removed`: the seal of a position is gone. `reordered`: it does not come after
 * the previous one. `inserted`: an event that was not there when its neighbours were sealed. `truncated`:
 * the end is gone. `head_changed`: the head does not match the chain. `anchor_differs`: the chain is not
 * the one whose hash was stored elsewhere.
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
  /** The position in the chain; for an inserted event, the position after which it was placed. */
  position: number;
  eventId: string | null;
}

/** A seal with its event, if that still exists. */
export interface SealedEvent {
  sealId: string;
  position: number;
  hash: string;
  event: EventText | null;
}

/** The first problems show where to look; a completely broken chain must not fill the memory. */
export const MAX_PROBLEMS = 100;

/** Walks along a chain and checks each step. A wrong step does not hide later ones. */
export class ChainWalk {
  /** The first problems. */
  readonly problems: Problem[] = [];
  problemCount = 0;
  /** The number of seals so far. */
  sealed = 0;
  position = 0;
  /** The previous seal's hash. Null after a gap, because what was there is unknown. */
  hash: Buffer | null;
  /** The number of the last sealed event; null if that event is gone. */
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
    // Only of unchanged events: the number of a changed one says nothing about the others.
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

/** Judges the end of a walk by what the head says. */
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
