/**
 * Which part of a list is requested: a page number, with a total, or the part after a cursor, without one.
 */
export type PageRequest =
  | { kind: 'page'; page: number; limit: number }
  | { kind: 'cursor'; cursor: string | null; limit: number };

/** The field by which a list is sorted, and the direction. */
export interface SortOrder {
  name: string;
  descending: boolean;
}

/** Which part of a list is wanted, in which order. */
export interface ListOrder {
  sort: SortOrder;
  page: PageRequest;
}

/** What a list is asked for. */
export interface ListQuery<Filters> extends ListOrder {
  filters: Filters;
}

export type Pagination =
  | { page: number; limit: number; total: number; totalPages: number }
  | { limit: number; nextCursor: string | null };

export interface Page<T> {
  items: T[];
  pagination: Pagination;
}

/** A page of a walk along keys. Not all rows that it looked at needed work. */
export interface WalkedPage {
  done: number;
  /** The key after which the next page begins; null after the last page. */
  next: string | null;
}

/** Returns the same page with each item mapped. */
export function mapPage<A, B>(page: Page<A>, map: (item: A) => B): Page<B> {
  return { items: page.items.map(map), pagination: page.pagination };
}
