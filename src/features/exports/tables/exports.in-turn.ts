import type { SourceRequest } from './exports.source.sql';
import type { TableRows } from './exports.table-rows';

/**
 * The rows of several tables with the same columns, one table after the other: a key begins with the
 * table's number.
 * @param first what they have in common: their columns and the size of their pages
 */
export function inTurn(first: TableRows, tablesOf: (request: SourceRequest) => TableRows[]): TableRows {
  return {
    pageRows: first.pageRows,
    columns: (withDrafts) => first.columns(withDrafts),
    count: async (request) => {
      const counts = await Promise.all(tablesOf(request).map((table) => table.count(request)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    page: async (request, after, limit) => {
      const [number = '0', ...rest] = after ?? [];
      const tables = tablesOf(request);
      const table = tables[Number(number)] ?? first;
      const page = await table.page(request, rest.length === 0 ? null : rest, limit);
      const next = Number(number) + 1;
      return page.isLast && next < tables.length
        ? { rows: page.rows, after: [String(next)], isLast: false }
        : { ...page, after: [number, ...(page.after ?? [])] };
    },
    people: async (request) => {
      const people = await Promise.all(tablesOf(request).map((table) => table.people(request)));
      return [...new Set(people.flat())].sort();
    },
  };
}
