import fc from 'fast-check';
import { z } from 'zod';
import {
  booleanField,
  conditionSql,
  type Field,
  manyField,
  pathField,
  textField,
  uuidField,
} from '../platform/db/conditions';
import { join, raw, type Sql, sql } from '../platform/db/sql';
import { RULES } from '../rules';
import { createTestApp, type TestApp } from '../testing/app';
import { buildAbility, conditionFor, type Subjects, subject } from './ability';
import { type AccessFacts, CLASS_ROLES, GROUP_ROLES, resolveAccess } from './access';
import { ACTIONS, type Action } from './actions';

/** So few ids that people, places and objects often coincide. */
const idOf = (kind: number, n: number): string => `00000000-0000-4000-8000-0000000${kind}000${n}`;
const userId = fc.nat(3).map((n) => idOf(1, n));
const classId = fc.nat(3).map((n) => idOf(2, n));
const tenantId = fc.nat(1).map((n) => idOf(3, n));
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null, freq: 4 });
const path = fc.constantFrom('t', 't', 't', 't.n', 't.n.d', 't.n.d.x', 't.n2', 't.s', 't2', 't2.n');
const state = fc.constantFrom('draft', 'published', 'archived', 'submitted', 'returned', 'in_progress');

const facts: fc.Arbitrary<Omit<AccessFacts, 'isPlatformAdmin'>> = fc.record({
  userId,
  tenantId: orNull(tenantId),
  groups: fc.array(
    fc.record({ groupId: fc.nat(3).map((n) => idOf(4, n)), path, role: fc.constantFrom(...GROUP_ROLES) }),
    { maxLength: 3 },
  ),
  classes: fc.uniqueArray(
    fc.record({
      classId,
      groupPath: path,
      role: fc.constantFrom(...CLASS_ROLES),
      isArchived: fc.boolean(),
    }),
    { maxLength: 3, selector: (each) => each.classId },
  ),
  observedStudentIds: fc.uniqueArray(userId, { maxLength: 2 }),
});

const exported = {
  kind: fc.constantFrom('roster', 'gradebook', 'submissions', 'messages', 'usage', 'audit', 'class_report'),
  tenantId,
  classId: orNull(classId),
  groupPath: path,
  withDrafts: fc.boolean(),
};

/** Objects of each type, with the fields that the rules check. */
const OBJECTS: { readonly [T in keyof Subjects]: fc.Arbitrary<Subjects[T]> } = {
  Account: fc.record({ userId }),
  User: fc.record({
    id: userId,
    tenantId: orNull(tenantId),
    isPlatformAdmin: fc.boolean(),
    groupPaths: fc.array(path, { maxLength: 3 }),
    classIds: fc.array(classId, { maxLength: 2 }),
    pupilOfClassIds: fc.array(classId, { maxLength: 2 }),
  }),
  Group: fc.record({ id: fc.nat(3).map((n) => idOf(4, n)), path }),
  Class: fc.record({ id: classId, groupPath: path }),
  Tool: fc.record({
    id: userId,
    groupPath: path,
    tenantPath: fc.constantFrom('t', 't2'),
    authorId: userId,
    visibility: fc.constantFrom('private', 'group', 'tenant', 'public'),
    state,
    forkable: fc.boolean(),
    assignedToCaller: fc.boolean(),
  }),
  Assignment: fc.record({ id: userId, classId, groupPath: path, state }),
  Submission: fc.record({ id: userId, userId, classId, groupPath: path, state }),
  Session: fc.record({ id: userId, userId, classId: orNull(classId), groupPath: orNull(path) }),
  Run: fc.record({ id: userId, userId, classId: orNull(classId), groupPath: orNull(path) }),
  ExportTarget: fc.record(exported),
  Export: fc.record({ ...exported, requestedBy: userId }),
  Model: fc.record({ tenantId: orNull(tenantId) }),
  AuditTrail: fc.record({ tenantId: orNull(tenantId) }),
  Job: fc.record({ tenantId: orNull(tenantId) }),
};
const TYPES = Object.keys(OBJECTS) as (keyof Subjects)[];

const PATHS = ['path', 'groupPath', 'tenantPath'];
const BOOLEANS = ['isPlatformAdmin', 'forkable', 'assignedToCaller', 'withDrafts'];
const TEXTS = ['visibility', 'state', 'kind'];

/** The field of an object that is stored as JSON in the row `o`. */
function fieldOf(name: string): Field {
  const value = sql`(o.object ->> ${raw(`'${name}'`)})`;
  const many = (type: 'ltree' | 'uuid') =>
    manyField(
      type,
      sql`each.value::${raw(type)}`,
      sql`jsonb_array_elements_text(o.object -> ${raw(`'${name}'`)}) each(value) WHERE TRUE`,
    );
  if (name === 'groupPaths') return many('ltree');
  if (name === 'classIds' || name === 'pupilOfClassIds') return many('uuid');
  if (PATHS.includes(name)) return pathField(sql`${value}::ltree`);
  if (BOOLEANS.includes(name)) return booleanField(sql`${value}::boolean`);
  return TEXTS.includes(name) ? textField(value) : uuidField(sql`${value}::uuid`);
}

/** Evaluates a statement for each object and action. */
async function asked(app: TestApp, objects: readonly object[], conditions: Sql[]): Promise<boolean[][]> {
  const columns = join(conditions.map((each) => sql`coalesce(${each}, FALSE)`));
  const rows = await app.container.platform.db.rows(
    sql`SELECT ARRAY[${columns}] AS answers
        FROM jsonb_array_elements(${JSON.stringify(objects)}::jsonb) WITH ORDINALITY o(object, n) ORDER BY o.n`,
    z.object({ answers: z.array(z.boolean()) }),
  );
  return rows.map(({ answers }) => answers);
}

describe('the two readings of a rule', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  it.each(TYPES)('agree on %s, for everybody and every action', async (type) => {
    const answers = { yes: 0, no: 0 };
    const objects = fc.array(OBJECTS[type] as fc.Arbitrary<object>, { minLength: 12, maxLength: 12 });
    const admins = fc.boolean();
    await fc.assert(
      fc.asyncProperty(facts, admins, objects, async (of, isPlatformAdmin, them) => {
        const ability = buildAbility(resolveAccess({ ...of, isPlatformAdmin }), RULES);
        const actions = (Object.keys(ACTIONS) as Action[]).filter(
          (action) => conditionFor(ability, action, type) !== null,
        );
        if (actions.length === 0) return;
        const fields = Object.fromEntries(
          Object.keys(them[0] as object).map((name) => [name, fieldOf(name)]),
        );
        const rows = await asked(
          app,
          them,
          actions.map((action) => conditionSql(conditionFor(ability, action, type), fields)),
        );
        const loaded = them.map((object) =>
          actions.map((action) => ability.can(action, subject(type, { ...object } as never))),
        );
        for (const each of loaded.flat()) answers[each ? 'yes' : 'no'] += 1;
        expect(rows).toEqual(loaded);
      }),
      { numRuns: 80, seed: 1 },
    );
    expect(answers.yes).toBeGreaterThan(10);
    expect(answers.no).toBeGreaterThan(10);
  });

  it('lists nothing if no rule allows the action, whatever it is combined with', async () => {
    const nobody = buildAbility(
      resolveAccess({
        ...{ userId: idOf(1, 0), tenantId: null, isPlatformAdmin: false },
        ...{ groups: [], classes: [], observedStudentIds: [] },
      }),
      [],
    );
    const none = conditionSql(conditionFor(nobody, 'tool.read', 'Tool'), {});
    expect(conditionFor(nobody, 'tool.read', 'Tool')).toBeNull();
    expect(await asked(app, [{}], [none, sql`(TRUE AND ${none})`])).toEqual([[false, false]]);
  });

  it('says which field a statement lacks', () => {
    const reader = buildAbility(
      resolveAccess({
        ...{ userId: idOf(1, 0), tenantId: null, isPlatformAdmin: false },
        ...{ groups: [], classes: [], observedStudentIds: [] },
      }),
      RULES,
    );
    expect(() => conditionSql(conditionFor(reader, 'run.read', 'Run'), {})).toThrow('userId');
  });
});
