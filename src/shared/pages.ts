/** Which part of a list is wanted: by page number with a total, or onward from a cursor without one. */
export type PageRequest =
  | { kind: 'page'; page: number; limit: number }
  | { kind: 'cursor'; cursor: string | null; limit: number };

/** The field that a list is sorted by, and which way. */
export interface SortOrder {
  name: string;
  descending: boolean;
}

export type Pagination =
  | { page: number; limit: number; total: number; totalPages: number }
  | { limit: number; nextCursor: string | null };

export interface Page<T> {
  items: T[];
  pagination: Pagination;
}

/** A page of a walk along keys: not all that it looked at had to be done. */
export interface WalkedPage {
  done: number;
  /** Where the next page begins; null behind the last one. */
  next: string | null;
}

/** The same page with each item turned into something else. */
export function mapPage<A, B>(page: Page<A>, map: (item: A) => B): Page<B> {
  return { items: page.items.map(map), pagination: page.pagination };
}
