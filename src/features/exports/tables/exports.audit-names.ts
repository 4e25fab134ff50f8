import type { AccessService } from '../../access';
import type { AuditNames } from '../../audit';
import type { Cells, TableRows } from './exports.table-rows';

type Names = Awaited<ReturnType<AuditNames['namesFor']>>[number];
type Ids = Parameters<AuditNames['namesFor']>[1][number];

/** Returns the names of events, as far as this person may read them. */
export type NamesOfEvents = (requestedBy: string, events: readonly Ids[]) => Promise<readonly Names[]>;

const NOBODY: Names = { actorName: null, subjectName: null, aboutUserName: null };

/** Uses what the requester may read when the file is written. */
export const namesForRequester =
  (access: Pick<AccessService, 'findPrincipal'>, names: AuditNames): NamesOfEvents =>
  async (requestedBy, events) => {
    const principal = await access.findPrincipal(requestedBy, {
      sessionId: null,
      kind: 'system',
      scopes: null,
    });
    return principal === null ? events.map(() => NOBODY) : names.namesFor(principal, events);
  };

/** Each name comes after its id. */
const NAMED: readonly { id: string; name: string; of: keyof Names }[] = [
  { id: 'actor_id', name: 'actor_name', of: 'actorName' },
  { id: 'subject_id', name: 'subject_name', of: 'subjectName' },
  { id: 'about_user_id', name: 'about_user_name', of: 'aboutUserName' },
];

/** The rows of the audit trail with names. The trail itself has none, so they are read page by page. */
export function withEventNames(trail: TableRows, namesOfEvents: NamesOfEvents): TableRows {
  const plain = (withDrafts: boolean) => trail.columns(withDrafts).map(({ name }) => name);
  return {
    pageRows: trail.pageRows,
    columns: (withDrafts) =>
      trail.columns(withDrafts).flatMap((column) => {
        const named = NAMED.find(({ id }) => id === column.name);
        return named === undefined ? [column] : [column, { name: named.name, type: 'text' as const }];
      }),
    count: (request) => trail.count(request),
    people: (request) => trail.people(request),
    async page(request, after, limit) {
      const page = await trail.page(request, after, limit);
      const columns = plain(request.withDrafts);
      const cell = (row: Cells, name: string): string | null => row[columns.indexOf(name)] ?? null;
      const names = await namesOfEvents(
        request.requestedBy,
        page.rows.map((row) => ({
          actorId: cell(row, 'actor_id'),
          subjectType: cell(row, 'subject_type') ?? '',
          subjectId: cell(row, 'subject_id'),
          aboutUserId: cell(row, 'about_user_id'),
        })),
      );
      const withNames = (row: Cells, own: Names): Cells =>
        row.flatMap((value, i) => {
          const named = NAMED.find(({ id }) => id === columns[i]);
          return named === undefined ? [value] : [value, own[named.of]];
        });
      return { ...page, rows: page.rows.map((row, i) => withNames(row, names[i] ?? NOBODY)) };
    },
  };
}
