import { Prisma, PrismaClient } from '../../generated/prisma/client';
import type { Page } from '../../shared/pages';
import type { IfMatch } from '../../shared/revisions';
import type { ColumnSelect } from './columns';
import { deleteBatchStatement } from './delete-batch';
import { type LockStrength, lockStatement, type ScalarValues } from './lock';
import { type PageArgs, readPage } from './page';

/** The arguments of `updateIfMatch` besides the changes of a model. */
interface Match<Where> {
  where: Where & { id: string };
  /** The revisions that the caller has seen (If-Match); null if any revision will do. */
  revisions: IfMatch;
}

type UpdateArgs<T> = Prisma.Args<T, 'updateManyAndReturn'>;
type Where<T> = NonNullable<UpdateArgs<T>['where']>;
type Updated<T, A> = Prisma.Result<T, A, 'updateManyAndReturn'> extends (infer Row)[] ? Row : never;
type FindArgs<T> = Prisma.Args<T, 'findFirst'>;

interface Batch<T> {
  /** Values of columns; all must be equal. */
  where?: ScalarValues<T>;
  /** The column that holds a row's age, with the moment before which a row is old. */
  olderThan: { readonly [Field in keyof ScalarValues<T>]?: Date };
  /** The most rows to delete. */
  limit: number;
}

interface Lock<T, Select> {
  where: ScalarValues<T>;
  select: Select;
  strength?: LockStrength;
}

interface AnyModel {
  $name: string;
  $parent: {
    $queryRaw(statement: Prisma.Sql): Promise<unknown[]>;
    $executeRaw(statement: Prisma.Sql): Promise<number>;
  };
  updateManyAndReturn(args: unknown): Promise<unknown[]>;
  count(args: unknown): Promise<number>;
  findMany(args: unknown): Promise<Record<string, unknown>[]>;
}

const modelOf = (context: unknown): AnyModel => Prisma.getExtensionContext(context) as unknown as AnyModel;

/**
 * Creates Prisma's client with the methods that all our models have in addition.
 * @param options the adapter, as Prisma takes it
 */
export function createClient(options: ConstructorParameters<typeof PrismaClient>[0]) {
  return new PrismaClient(options).$extends({
    name: 'raptscallions',
    model: {
      $allModels: {
        /**
         * Optimistic locking in one statement: changes the row if it still has one of these revisions.
         * @returns the new row, or null if there is none or it has another revision. A lost race is not a
         * database error, so the surrounding transaction continues.
         */
        async updateIfMatch<T, A extends Pick<UpdateArgs<T>, 'data' | 'select'>>(
          this: T,
          { where, revisions, ...args }: A & Match<Where<T>>,
        ): Promise<Updated<T, A> | null> {
          const revision = revisions === null ? {} : { revision: { in: [...revisions] } };
          const [row] = await modelOf(this).updateManyAndReturn({
            ...args,
            where: { ...where, ...revision },
          });
          return (row as Updated<T, A> | undefined) ?? null;
        },

        /**
         * Reads one page of a list, in the order of one field and the id, along an index of both. A time that orders a
         * list is `timestamptz(3)`, because models read times to the millisecond.
         * @throws InvalidInputError if the cursor is of another list
         */
        async page<T, const Select extends NonNullable<FindArgs<T>['select']>>(
          this: T,
          args: PageArgs<NonNullable<FindArgs<T>['where']>, Select>,
        ): Promise<Page<NonNullable<Prisma.Result<T, { select: Select }, 'findFirst'>>>> {
          const model = modelOf(this);
          const page = await readPage(model.$parent, model.$name, model, args);
          return page as Page<NonNullable<Prisma.Result<T, { select: Select }, 'findFirst'>>>;
        },

        /**
         * Locks a row until the transaction ends (`SELECT … FOR UPDATE`), so that its values stay true
         * until then. Call it inside `db.transaction`.
         * @param args.where values of columns; all must be equal
         * @param args.select columns to read, true for each; no relations
         * @returns the selected columns, or null if there is no such row
         */
        async lock<T, const Select extends ColumnSelect & NonNullable<FindArgs<T>['select']>>(
          this: T,
          args: Lock<T, Select>,
        ): Promise<Prisma.Result<T, { select: Select }, 'findFirst'>> {
          const model = modelOf(this);
          const [row] = await model.$parent.$queryRaw(lockStatement(model.$parent, model.$name, args));
          return (row ?? null) as Prisma.Result<T, { select: Select }, 'findFirst'>;
        },

        /**
         * Deletes the oldest rows, at most `limit` of them: one step of a clean-up. Rows that another
         * transaction has locked stay.
         * @returns how many rows were deleted
         */
        async deleteBatch<T>(this: T, { where = {}, ...args }: Batch<T>): Promise<number> {
          const model = modelOf(this);
          const statement = deleteBatchStatement(model.$parent, model.$name, { where, ...args });
          return model.$parent.$executeRaw(statement);
        },
      },
    },
  });
}

export type DatabaseClient = ReturnType<typeof createClient>;
/** The client within a transaction: the same models, without the methods that begin or end transactions. */
export type TransactionClient = Parameters<Parameters<DatabaseClient['$transaction']>[0]>[0];
