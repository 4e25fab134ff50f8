import { ChainWalk, judgeHead, MAX_PROBLEMS, type Problem } from './audit.verify';
import type { AuditVerifyRepository } from './audit.verify.repository';

/** About a megabyte of text at a time. */
const PAGE = 2_000;
/** Ten million events take some minutes, and only the operator waits. */
const CHAIN_TIMEOUT_MS = 60 * 60_000;

/** A chain's hash at a position, as it was stored elsewhere. */
export interface Anchor {
  chainId: string;
  position: number;
  /** In hexadecimal. */
  hash: string;
}

export interface ChainReport {
  /** The tenant, or the nil UUID for events without a tenant. */
  chainId: string;
  /** Events whose seals were checked. */
  sealed: number;
  /** Events that wait for the next round, and since when the oldest one waits. */
  unsealed: number;
  oldestUnsealedAt: Date | null;
  /** The head to be stored elsewhere; null if nothing is sealed yet. */
  head: { position: number; hash: string } | null;
  problemCount: number;
  /** The problems by position; only the first ones if there are many. */
  problems: Problem[];
}

/** Compares the audit events with their hash chains. */
export class AuditVerifyService {
  constructor(private readonly repository: AuditVerifyRepository) {}

  /** Lists every chain, including chains of which only an anchor is left. */
  async listChains(anchors: readonly Anchor[] = []): Promise<string[]> {
    const found = await this.repository.chains();
    return [...new Set([...found, ...anchors.map((anchor) => anchor.chainId)])].sort();
  }

  /** Walks one chain from its beginning, as it is at this moment. */
  async verifyChain(chainId: string, anchors: readonly Anchor[] = []): Promise<ChainReport> {
    return this.repository.atOneMoment(() => this.walk(chainId, anchors), CHAIN_TIMEOUT_MS);
  }

  private async walk(chainId: string, anchors: readonly Anchor[]): Promise<ChainReport> {
    const head = await this.repository.head(chainId);
    const walk = new ChainWalk(chainId);
    for (;;) {
      const page = await this.repository.seals(chainId, walk.position, PAGE);
      for (const seal of page) walk.step(seal);
      if (page.length < PAGE) break;
    }
    const settledSeq = head?.seq ?? 0;
    const inserted = await this.repository.inserted(chainId, settledSeq, MAX_PROBLEMS);
    for (const { id, behind } of inserted) walk.found({ kind: 'inserted', position: behind, eventId: id });
    const anchored = anchors.filter((anchor) => anchor.chainId === chainId);
    for (const { position, hash } of anchored)
      if ((await this.repository.hashAt(chainId, position)) !== hash)
        walk.found({ kind: 'anchor_differs', position, eventId: null });
    const ending = judgeHead(walk, head);
    if (ending !== null) walk.found(ending);
    const unsealed = await this.repository.unsealed(chainId, settledSeq);
    return {
      chainId,
      sealed: walk.sealed,
      unsealed: unsealed.count,
      oldestUnsealedAt: unsealed.oldestAt,
      head: head === null || head.position === 0 ? null : { position: head.position, hash: head.hash },
      problemCount: walk.problemCount,
      problems: walk.problems.sort((a, b) => a.position - b.position),
    };
  }
}
