import { InvalidInputError } from '../../shared/errors';
import type { ListOrder, Page } from '../../shared/pages';
import { decodeCursor, encodeCursor, invalidCursor } from './cursors';

export interface PageArgs<Where, Select> extends ListOrder {
  where: Where;
  /** Includes the id and every field by which the list can be sorted. */
  select: Select;
}

/** What a page needs of a model. */
interface ListedModel {
  count(args: unknown): Promise<number>;
  findMany(args: unknown): Promise<Record<string, unknown>[]>;
}

/** What a client of Prisma knows of its models: the types of their fields. */
interface RuntimeClient {
  _runtimeDataModel: { models: Record<string, { fields: readonly { name: string; type: string }[] }> };
}

const MAX_YEAR = 9999;

/** Reads the key of a cursor by the type of its field. Undefined for a key that no such field can have. */
const KEY_READERS: Readonly<Record<string, (key: string) => string | number | Date | undefined>> = {
  String: (key) => key,
  Int: (key) => (/^-?\d{1,9}$/.test(key) ? Number(key) : undefined),
  DateTime: (key) => {
    const year = new Date(key).getUTCFullYear();
    return year >= 0 && year <= MAX_YEAR ? new Date(key) : undefined;
  },
};

const textOf = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

/**
 * The rows after a cursor, along an index of the field and the id. PostgreSQL reads the first condition along
 * the index; of two alternatives (`OR`) it would sort everything that is left.
 */
function isAfter(field: string, key: unknown, id: string, descending: boolean): object {
  const [orEqual, than] = descending ? ['lte', 'lt'] : ['gte', 'gt'];
  return { [field]: { [orEqual]: key }, OR: [{ [field]: { [than]: key } }, { id: { [than]: id } }] };
}

/** The condition for the rows after a cursor; none without a cursor. */
function conditionOf(client: unknown, model: string, { sort, page }: ListOrder): object[] {
  const cursor = page.kind === 'cursor' ? page.cursor : null;
  if (cursor === null) return [];
  const { key, id } = decodeCursor(cursor, nameOf(sort));
  const { fields } = (client as RuntimeClient)._runtimeDataModel.models[model] ?? { fields: [] };
  const type = fields.find(({ name }) => name === sort.name)?.type ?? '';
  const value = KEY_READERS[type]?.(key);
  if (value === undefined) throw invalidCursor();
  return [isAfter(sort.name, value, id, sort.descending)];
}

const nameOf = ({ name, descending }: ListOrder['sort']): string => (descending ? `-${name}` : name);

/** Reads one page of a model's rows, in the order of one selected field. @throws InvalidInputError */
export async function readPage(
  client: unknown,
  name: string,
  model: ListedModel,
  { where, select, sort, page }: PageArgs<object, object>,
): Promise<Page<Record<string, unknown>>> {
  if (!(sort.name in select)) throw new InvalidInputError(`You cannot sort this list by ${sort.name}.`);
  const direction = sort.descending ? 'desc' : 'asc';
  const orderBy = [{ [sort.name]: direction }, { id: direction }];
  const { limit } = page;
  if (page.kind === 'page') {
    const total = await model.count({ where });
    const skip = (page.page - 1) * limit;
    const items = await model.findMany({ where, select, orderBy, skip, take: limit });
    return { items, pagination: { page: page.page, limit, total, totalPages: Math.ceil(total / limit) } };
  }
  const after = conditionOf(client, name, { sort, page });
  const rows = await model.findMany({ where: { AND: [where, ...after] }, select, orderBy, take: limit + 1 });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const nextCursor =
    last === undefined ? null : encodeCursor(nameOf(sort), textOf(last[sort.name]), String(last.id));
  return { items, pagination: { limit, nextCursor } };
}
