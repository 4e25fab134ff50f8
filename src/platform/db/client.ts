import { Prisma, PrismaClient } from '../../generated/prisma/client';

/** What `updateIfMatch` takes beside the changes of a model. */
interface Match<Where> {
  where: Where & { id: string };
  /** The revisions that the caller has seen (If-Match); null for any. */
  revisions: readonly number[] | null;
}

type UpdateArgs<T> = Prisma.Args<T, 'updateManyAndReturn'>;
type Where<T> = NonNullable<UpdateArgs<T>['where']>;
type Updated<T, A> = Prisma.Result<T, A, 'updateManyAndReturn'> extends (infer Row)[] ? Row : never;

interface Updatable {
  updateManyAndReturn(args: unknown): Promise<unknown[]>;
}

/**
 * Prisma's client with what every model of ours can do besides.
 * @param options the adapter, as Prisma takes it.
 */
export function createClient(options: ConstructorParameters<typeof PrismaClient>[0]) {
  return new PrismaClient(options).$extends({
    name: 'raptscallions',
    model: {
      $allModels: {
        /**
         * Optimistic locking in one statement: changes the row if it still has one of these revisions.
         * @returns the row as it is now, or null if there is none, or it has another revision. A lost race is no error of
         * the database, so the transaction around it goes on.
         */
        async updateIfMatch<T, A extends Pick<UpdateArgs<T>, 'data' | 'select'>>(
          this: T,
          { where, revisions, ...args }: A & Match<Where<T>>,
        ): Promise<Updated<T, A> | null> {
          const model = Prisma.getExtensionContext(this) as unknown as Updatable;
          const revision = revisions === null ? {} : { revision: { in: [...revisions] } };
          const [row] = await model.updateManyAndReturn({ ...args, where: { ...where, ...revision } });
          return (row as Updated<T, A> | undefined) ?? null;
        },
      },
    },
  });
}

export type Client = ReturnType<typeof createClient>;
/** The client within a transaction: the same models, without what begins or ends something. */
export type TransactionClient = Parameters<Parameters<Client['$transaction']>[0]>[0];
