import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Anchor, ChainReport } from '../src/features/audit';

const AnchorFile = z.object({
  chains: z.array(
    z.object({
      chainId: z.uuid(),
      position: z.number().int().min(1),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

/** Reads chain heads that were stored elsewhere. @throws Error if the file holds none */
export function readAnchors(file: string): Anchor[] {
  const parsed = AnchorFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} was not written by --write-anchor. Choose another file.`);
  return parsed.data.chains;
}

/** Writes the current chain heads, to be stored where the database's administrator cannot write. */
export function writeAnchors(file: string, reports: readonly ChainReport[]): void {
  const chains = reports.flatMap(({ chainId, head }) => (head === null ? [] : [{ chainId, ...head }]));
  writeFileSync(file, `${JSON.stringify({ madeAt: new Date().toISOString(), chains }, null, 2)}\n`);
}

const count = (n: number, one: string): string => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;

const EXPLANATIONS: Readonly<Record<ChainReport['problems'][number]['kind'], string>> = {
  changed: 'the event was changed after it was sealed',
  removed: 'the event was deleted',
  seal_removed: 'the seal of this position was deleted',
  reordered: 'the event does not come after the one before it',
  inserted: 'an event was inserted after this position, after the chain was sealed',
  truncated: 'the chain ends before this position, but was longer before',
  head_changed: 'the head does not match the chain',
  anchor_differs: 'the chain does not match the anchor',
};

function waiting({ unsealed, oldestUnsealedAt }: ChainReport): string {
  if (unsealed === 0) return '';
  return `; ${count(unsealed, 'event')} not sealed yet, the oldest of ${oldestUnsealedAt?.toISOString() ?? ''}`;
}

/** Describes the state of a chain for people, one line each. */
export function linesOf(report: ChainReport): string[] {
  const { chainId, sealed, head, problemCount, problems } = report;
  const first = problems[0];
  if (first === undefined) {
    const end = head === null ? '' : `, ends at ${head.position} with ${head.hash}`;
    return [`chain ${chainId}: ${count(sealed, 'sealed event')}, intact${end}${waiting(report)}`];
  }
  const more = problemCount - problems.length;
  return [
    `chain ${chainId}: ${count(problemCount, 'problem')}, the first at position ${first.position}${waiting(report)}`,
    ...problems.map(
      ({ kind, position, eventId }) =>
        `  position ${position}: ${kind}: ${EXPLANATIONS[kind]}${eventId === null ? '' : ` (event ${eventId})`}`,
    ),
    ...(more > 0 ? [`  and ${more.toLocaleString('en')} more`] : []),
  ];
}
