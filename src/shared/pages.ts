/** Which part of a list is wanted: by page number with a total, or onward from a cursor without one. */
export type PageRequest =
  | { kind: 'page'; page: number; limit: number }
  | { kind: 'cursor'; cursor: string | null; limit: number };

export type Pagination =
  | { page: number; limit: number; total: number; totalPages: number }
  | { limit: number; nextCursor: string | null };

export interface Page<T> {
  items: T[];
  pagination: Pagination;
}

/** The same page with each item turned into something else. */
export function mapPage<A, B>(page: Page<A>, map: (item: A) => B): Page<B> {
  return { items: page.items.map(map), pagination: page.pagination };
}
