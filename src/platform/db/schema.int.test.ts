import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../testing/database';
import { columnOf } from './columns';

interface Column {
  type: string;
  nullable: boolean;
  /** In one spelling for both sides: `now()`, `"active"`, `[]`, `identity`, or null for none. */
  default: string | null;
}

interface Table {
  columns: Record<string, Column>;
  primaryKey: string[];
  /** The columns of each unique key, by its name. */
  uniques: Record<string, string[]>;
  /** By the constraint's name: `user_id -> users(id) Cascade`. */
  foreignKeys: Record<string, string>;
}

const TYPES: Readonly<Record<string, string>> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  Json: 'jsonb',
  Bytes: 'bytea',
  Float: 'double precision',
};
const NATIVE_TYPES: Readonly<Record<string, string>> = {
  Uuid: 'uuid',
  Date: 'date',
  'Timestamptz(6)': 'timestamp with time zone',
  'Timestamptz(3)': 'timestamp(3) with time zone',
  Text: 'text',
};

function typeOf(declared: string, attributes: string): string {
  const unsupported = /^Unsupported\("(.+)"\)$/.exec(declared)?.[1];
  if (unsupported !== undefined) return unsupported;
  const native = /@db\.(\w+(?:\([^)]*\))?)/.exec(attributes)?.[1];
  const decimal = /^Decimal\((\d+), ?(\d+)\)$/.exec(native ?? '');
  if (decimal !== null) return `numeric(${decimal[1]},${decimal[2]})`;
  return (
    (native === undefined ? TYPES[declared] : NATIVE_TYPES[native]) ??
    `unknown to this test: ${declared} ${native}`
  );
}

function prismaDefault(attributes: string): string | null {
  const value = /@default\((.*?)\)(?= @|$)/.exec(attributes)?.[1];
  if (value === undefined) return null;
  if (value === 'dbgenerated()') return 'generated';
  return value === 'autoincrement()' ? 'identity' : (/^dbgenerated\("(.+)"\)$/.exec(value)?.[1] ?? value);
}

function databaseDefault(value: string | null): string | null {
  if (value === null || value === 'identity' || value === 'generated') return value;
  if (value === "'{}'::text[]") return '[]';
  const text = /^'(.*)'::\w+$/.exec(value)?.[1];
  return text === undefined ? value.replace(/^(\d+)::\w+$/, '$1') : JSON.stringify(text);
}

const PRISMA_SCHEMA = readFileSync(path.resolve(__dirname, '../../../prisma/schema.prisma'), 'utf8');
const ON_DELETE: Readonly<Record<string, string>> = { a: 'NoAction', c: 'Cascade', n: 'SetNull' };

/** The tables as schema.prisma describes them. */
function readPrismaSchema(): Record<string, Table> {
  const text = PRISMA_SCHEMA;
  const tables: Record<string, Table> = {};
  const models = new Set([...text.matchAll(/^model (\w+) \{$/gm)].map(([, model]) => model));
  const tableOf = new Map<string, { name: string; columnOf: Map<string, string> }>();
  const relations: { name: string; attributes: string; model: string; columnOf: Map<string, string> }[] = [];
  for (const [, model, body] of text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const table: Table = { columns: {}, primaryKey: [], uniques: {}, foreignKeys: {} };
    const columnOf = new Map<string, string>();
    let name = model as string;
    for (const line of (body as string).split('\n').map((each) =>
      each
        .replace(/\/\/.*/, '')
        .trim()
        .replace(/\s+/g, ' '),
    )) {
      const field = /^(\w+) ((?:\w+)(?:\("[^"]+"\))?)(\[\])?(\?)? ?(.*)$/.exec(line);
      const unique = /^@@unique\(\[([^\]]+)\], map: "(\w+)"\)$/.exec(line);
      const mapped = /^@@map\("(\w+)"\)$/.exec(line)?.[1];
      if (mapped !== undefined) name = mapped;
      else if (unique !== null)
        table.uniques[unique[2] as string] = (unique[1] as string)
          .split(', ')
          .map((each) => columnOf.get(each) ?? each);
      else if (field !== null) {
        const [, property, declared, list, optional, attributes] = field as unknown as [
          string,
          string,
          string,
          string?,
          string?,
          string?,
        ];
        if (models.has(declared)) {
          if (attributes?.includes('fields: '))
            relations.push({ name, attributes, model: declared, columnOf });
          continue;
        }
        const column = /@map\("(\w+)"\)/.exec(attributes ?? '')?.[1] ?? property;
        columnOf.set(property, column);
        table.columns[column] = {
          type: typeOf(declared, attributes ?? '') + (list ?? ''),
          nullable: optional !== undefined,
          default: prismaDefault(attributes ?? ''),
        };
        if (/@id\b/.test(attributes ?? '')) table.primaryKey = [column];
        const key = /@unique\(map: "(\w+)"\)/.exec(attributes ?? '')?.[1];
        if (key !== undefined) table.uniques[key] = [column];
      }
    }
    tables[name] = table;
    tableOf.set(model as string, { name, columnOf });
    for (const relation of relations) if (relation.columnOf === columnOf) relation.name = name;
  }
  for (const { name, attributes, model, columnOf } of relations) {
    const target = tableOf.get(model)!;
    const [, fields, references, onDelete, key] =
      /fields: \[([^\]]+)\], references: \[([^\]]+)\], onDelete: (\w+), onUpdate: NoAction, map: "(\w+)"/.exec(
        attributes,
      ) as string[] as [string, string, string, string, string];
    const listed = (text: string, of: Map<string, string>) =>
      text
        .split(', ')
        .map((each) => of.get(each) ?? each)
        .join(', ');
    tables[name]!.foreignKeys[key] =
      `${listed(fields, columnOf)} -> ${target.name}(${listed(references, target.columnOf)}) ${onDelete}`;
  }
  return tables;
}

/** The values of each text column with a list of them (`/// !['draft' | 'published']`), by `table.column`. */
function readLiterals(): [column: string, values: string[]][] {
  const found: [string, string[]][] = [];
  for (const [body] of PRISMA_SCHEMA.matchAll(/^model \w+ \{\n[\s\S]*?^\}/gm)) {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1];
    for (const [, list, field, rest] of body.matchAll(/\/\/\/ !\[('.*')\]\n {2}(\w+) (.*)/g)) {
      const column = /@map\("(\w+)"\)/.exec(rest!)?.[1] ?? field;
      found.push([`${table}.${column}`, list!.split(' | ').map((value) => value.slice(1, -1))]);
    }
  }
  return found;
}

describe('the database schema', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  const rows = async <T>(text: string): Promise<T[]> => (await client.query(text)).rows as T[];

  async function readDatabase(): Promise<Record<string, Table>> {
    const columns = await rows<{
      table: string;
      column: string;
      type: string;
      nullable: boolean;
      default: string | null;
    }>(`
      SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
        CASE WHEN a.attidentity <> '' THEN 'identity' WHEN a.attgenerated <> '' THEN 'generated' ELSE pg_get_expr(d.adbin, d.adrelid) END AS "default"
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '_prisma_migrations'
      ORDER BY c.relname, a.attnum`);
    // Partial and expression indexes have no counterpart in Prisma.
    const keys = await rows<{ table: string; name: string; primary: boolean; columns: string[] }>(`
      SELECT t.relname AS "table", i.relname AS name, x.indisprimary AS "primary",
        (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(x.indkey) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) AS columns
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
      WHERE t.relnamespace = 'public'::regnamespace AND x.indisunique AND x.indpred IS NULL AND x.indexprs IS NULL AND t.relname <> '_prisma_migrations'`);
    const tables: Record<string, Table> = {};
    for (const { table, column, type, nullable, default: value } of columns) {
      tables[table] ??= { columns: {}, primaryKey: [], uniques: {}, foreignKeys: {} };
      tables[table].columns[column] = { type, nullable, default: databaseDefault(value) };
    }
    for (const { table, name, primary, columns: of } of keys) {
      if (primary) tables[table]!.primaryKey = of;
      else tables[table]!.uniques[name] = of;
    }
    const foreignKeys = await rows<{ table: string; name: string; text: string; action: string }>(`
      SELECT c.conrelid::regclass::text AS "table", c.conname AS name, c.confdeltype AS action,
        (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(attnum, n)
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum)
        || ' -> ' || c.confrelid::regclass || '(' ||
        (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k(attnum, n)
           JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) || ')' AS text
      FROM pg_constraint c WHERE c.contype = 'f'`);
    for (const { table, name, text, action } of foreignKeys)
      tables[table]!.foreignKeys[name] = `${text} ${ON_DELETE[action] ?? action}`;
    return tables;
  }

  it('describes each model', () => {
    const models = [...PRISMA_SCHEMA.matchAll(/(.*)\nmodel (\w+) \{/g)];
    expect(models.length).toBeGreaterThan(30);
    expect(
      models.filter(([, before]) => !/^\/\/\/ [A-Z].+\.$/.test(before!)).map(([, , model]) => model),
    ).toEqual([]);
  });

  it('is what schema.prisma says, column by column and key by key', async () => {
    expect(await readDatabase()).toEqual(readPrismaSchema());
  });

  it('has an index for each foreign key', async () => {
    const bareKeys = () =>
      rows<{ name: string }>(`
        SELECT c.conname AS name FROM pg_constraint c WHERE c.contype = 'f' AND NOT EXISTS (
          SELECT FROM pg_index x WHERE x.indrelid = c.conrelid AND x.indpred IS NULL
            AND (x.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey AND (x.indkey::int2[])[0:cardinality(c.conkey) - 1] <@ c.conkey)`);
    expect(await bareKeys()).toEqual([]);
    await client.query('BEGIN');
    await client.query('CREATE TABLE probe (user_id uuid CONSTRAINT probe_user_fkey REFERENCES users (id))');
    expect(await bareKeys()).toEqual([{ name: 'probe_user_fkey' }]);
    await client.query('ROLLBACK');
  });

  it('gives each row an id, the time of its making, and of its last change by trigger', async () => {
    const tables = await readDatabase();
    const triggers = await rows<{ table: string }>(`
      SELECT t.tgrelid::regclass::text AS "table" FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname IN ('touch_updated_at', 'touch_revision', 'refuse_change')`);
    const touched = new Set(triggers.map(({ table }) => table));
    for (const [name, { columns, primaryKey }] of Object.entries(tables)) {
      expect({ name, primaryKey, id: columns.id }).toEqual({
        name,
        primaryKey: ['id'],
        id: { type: 'uuid', nullable: false, default: null },
      });
      expect({ name, created: columns.created_at }).toEqual({
        name,
        created: {
          // To the millisecond, if models page by it.
          type: expect.stringMatching(/^timestamp(?:\(3\))? with time zone$/),
          ...{ nullable: false, default: 'now()' },
        },
      });
      if (!touched.has(name))
        expect({ name, hasUpdatedAt: 'updated_at' in columns }).toEqual({ name, hasUpdatedAt: false });
      if ('revision' in columns) expect(touched.has(name)).toBe(true);
    }
  });

  it('knows no time without its zone', async () => {
    const naive = await rows(
      `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('timestamp without time zone', 'time without time zone')`,
    );
    expect(naive).toEqual([]);
  });

  it('names the columns of a field in one way', () => {
    const odd = [...PRISMA_SCHEMA.matchAll(/^ {2}(\w+) .*@map\("(\w+)"\)/gm)].filter(
      ([, field, column]) => columnOf(field!) !== column,
    );
    expect(odd.map(([, field]) => field)).toEqual([]);
    const bare = [
      ...PRISMA_SCHEMA.matchAll(
        /^ {2}(\w+) +(?:String|Int|BigInt|Boolean|Json|Bytes|Float|Decimal|DateTime)\b(?!.*@map)/gm,
      ),
    ];
    expect(bare.filter(([, field]) => columnOf(field!) !== field)).toEqual([]);
  });

  it('lists the values of a text column in schema.prisma as its check does', async () => {
    const checks = await rows<{ column: string; text: string }>(`
      SELECT c.conrelid::regclass || '.' || a.attname AS "column", pg_get_constraintdef(c.oid) AS text
      FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
      WHERE c.contype = 'c' AND c.connamespace = 'public'::regnamespace AND a.atttypid = 'text'::regtype
        AND pg_get_constraintdef(c.oid) ~ ('^CHECK [(]+(' || a.attname || ' IS NULL[)] OR [(]+)?' || a.attname || ' = ANY [(]+ARRAY[^=]*$')`);
    const inDatabase = checks.map(({ column, text }) => [
      column,
      [...text.matchAll(/'(\w+)'::text/g)].map(([, value]) => value),
    ]);
    expect(inDatabase.length).toBeGreaterThan(30);
    expect(Object.fromEntries(readLiterals())).toMatchObject(Object.fromEntries(inDatabase));
  });

  it('restricts each state to its list', async () => {
    const states = await rows<{ table: string }>(
      `SELECT table_name AS "table" FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name IN ('state', 'status', 'role')`,
    );
    const checked = await rows<{ table: string; text: string }>(
      `SELECT conrelid::regclass::text AS "table", pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE contype = 'c'`,
    );
    const unchecked = states.filter(
      ({ table }) =>
        !checked.some((each) => each.table === table && /\((state|status|role) = ANY/.test(each.text)),
    );
    expect(unchecked).toEqual([]);
  });

  it('belongs to a role that is no superuser, and lets nobody change append-only rows', async () => {
    const [{ superuser }] = (await rows<{ superuser: boolean }>(
      'SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user',
    )) as [{ superuser: boolean }];
    expect(superuser).toBe(false);
    await client.query(
      `INSERT INTO audit_events (id, actor_kind, action, subject_type) VALUES (gen_random_uuid(), 'system', 'test.done', 'test')`,
    );
    for (const statement of [
      `UPDATE audit_events SET action = 'test.other'`,
      'DELETE FROM audit_events',
      'TRUNCATE audit_events',
    ]) {
      await expect(client.query(statement)).rejects.toThrow('immutable');
    }
  });
});
