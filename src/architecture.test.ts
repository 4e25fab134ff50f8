import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ACTIONS } from './authz/actions';
import { declaredRoutes, nameOf } from './testing/declared-routes';

const ROOT = path.resolve(__dirname, '..');

/** Which features a feature may use, through their index only. Each line refers to lines above it. */
const FEATURES: Readonly<Record<string, readonly string[]>> = {
  access: [],
  audit: [],
  jobs: ['audit'],
  mails: [],
  auth: ['access', 'audit', 'mails'],
  users: ['access', 'audit', 'auth', 'mails'],
  groups: ['access', 'audit'],
  classes: ['access', 'audit', 'groups'],
  invitations: ['access', 'audit', 'auth', 'groups', 'classes', 'mails'],
  accounts: ['audit', 'auth', 'users', 'groups', 'classes', 'mails'],
  ai: ['audit'],
  usage: ['groups'],
  tools: ['audit', 'groups'],
  notifications: ['audit', 'groups'],
  assignments: ['audit', 'classes', 'tools', 'notifications'],
  submissions: ['audit', 'classes', 'assignments', 'tools', 'notifications'],
  runs: ['audit', 'tools', 'submissions', 'ai'],
  sessions: ['access', 'audit', 'tools', 'submissions', 'ai'],
  reports: ['groups'],
  exports: ['access', 'audit', 'groups', 'classes', 'usage'],
};

/** The maximum length of a file, except for tests. Split a longer file by resource or read side. */
const MAX_COLUMNS = 110;
const MAX_LINES = 400;
const MAX_TEST_LINES = 600;

interface Import {
  /** `src/features/groups/groups.service`, or a package name. */
  target: string;
  isOurs: boolean;
  typeOnly: boolean;
}

interface SourceFile {
  /** From the root of the repository: `src/features/groups/groups.service.ts`. */
  file: string;
  text: string;
  imports: Import[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?([^'";]*?)\s*from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\b(?:import|require)\(\s*'([^']+)'\s*\)/g;

function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map(([, type, names = '', from, bare, dynamic]) => {
    const specifier = (from ?? bare ?? dynamic) as string;
    const isOurs = specifier.startsWith('.');
    const named = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1];
    const allTypes =
      named?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) === true;
    return {
      target: isOurs
        ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.(ts|js)$/, '')
        : specifier,
      isOurs,
      typeOnly: type !== undefined || allTypes,
    };
  });
}

function read(folder: string): SourceFile[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => !file.startsWith('src/generated/'))
    .map((file) => {
      const text = readFileSync(path.join(ROOT, file), 'utf8');
      return { file, text, imports: importsOf(file, text) };
    });
}

const everything = ['src', 'workflows', 'scripts', 'prisma'].flatMap(read);
const isTest = (file: string): boolean =>
  /\.test\.ts$|\.builder\.ts$|^src\/testing\/|^workflows\/testing\//.test(file);
const code = everything.filter(({ file }) => !isTest(file));
const source = code.filter(({ file }) => file.startsWith('src/'));
const inFeatures = source.filter(({ file }) => file.startsWith('src/features/'));
const featureOf = (file: string): string => file.split('/')[2] as string;
const roleOf = (file: string): string => /\.([a-z-]+)(?:\.ts)?$/.exec(file.replace(/\.ts$/, ''))?.[1] ?? '';

/** Lists `file → target` for each import for which `isWrong` returns true. */
function offences(files: readonly SourceFile[], isWrong: (each: Import, file: string) => boolean): string[] {
  return files.flatMap(({ file, imports }) =>
    imports.filter((each) => isWrong(each, file)).map(({ target }) => `${file} → ${target}`),
  );
}

/** A circle of imports, types included: `a → b → a`. Null if there is none. */
function circleOf(files: readonly SourceFile[]): string | null {
  const byTarget = new Map(files.map((each) => [each.file.replace(/(\/index)?\.ts$/, ''), each]));
  const done = new Set<string>();
  const visit = ({ file, imports }: SourceFile, path: readonly string[]): string | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' → ');
    if (done.has(file)) return null;
    for (const { target } of imports) {
      const next = byTarget.get(target);
      // A module names itself where a global namespace hides its own names.
      const circle = next === undefined || next.file === file ? null : visit(next, [...path, file]);
      if (circle !== null) return circle;
    }
    done.add(file);
    return null;
  };
  return files.map((each) => visit(each, [])).find((circle) => circle !== null) ?? null;
}

describe('the architecture', () => {
  it('is read from all sources', () => {
    expect(source.length).toBeGreaterThan(150);
    expect(source.flatMap(({ imports }) => imports).length).toBeGreaterThan(700);
  });

  describe('layers point downward', () => {
    const ALLOWED: Readonly<Record<string, readonly string[]>> = {
      'src/shared/': ['src/shared/'],
      'src/config/': ['src/config/', 'src/shared/'],
      'src/local-servers/': ['src/local-servers/'],
      'src/telemetry/': ['src/telemetry/', 'src/config/', 'src/shared/'],
      'src/platform/': ['src/platform/', 'src/telemetry/', 'src/config/', 'src/shared/', 'src/generated/'],
      // The platform knows nothing of permissions; permissions know how SQL expresses a condition.
      'src/authz/': ['src/authz/', 'src/platform/db/', 'src/shared/'],
      'src/http/': [
        'src/http/',
        'src/authz/',
        'src/platform/',
        'src/telemetry/',
        'src/config/',
        'src/shared/',
      ],
      'src/features/': [
        'src/features/',
        'src/http/',
        'src/authz/',
        'src/platform/',
        'src/telemetry/',
        'src/config/',
        'src/shared/',
        'src/generated/',
      ],
      'src/': ['src/'],
      'workflows/': ['workflows/', 'src/'],
      'scripts/': ['scripts/', 'workflows/', 'src/'],
      'prisma/': [],
    };
    it.each(Object.entries(ALLOWED))('%s', (layer, below) => {
      const files = code.filter(
        ({ file }) => Object.keys(ALLOWED).find((each) => file.startsWith(each)) === layer,
      );
      expect(
        offences(files, ({ isOurs, target }) => isOurs && !below.some((each) => target.startsWith(each))),
      ).toEqual([]);
    });
  });

  describe('features', () => {
    it('are all in the graph, which has no cycle', () => {
      const names = Object.keys(FEATURES);
      expect([...new Set(inFeatures.map(({ file }) => featureOf(file)))].sort()).toEqual([...names].sort());
      for (const [i, name] of names.entries()) {
        for (const other of FEATURES[name] as readonly string[])
          expect({ name, other, isAbove: names.indexOf(other) < i }).toEqual({ name, other, isAbove: true });
      }
    });

    it('use each other as the graph says, only through the index', () => {
      const wrong = offences(inFeatures, ({ isOurs, target }, file) => {
        if (!isOurs || !target.startsWith('src/features/') || featureOf(target) === featureOf(file))
          return false;
        return !FEATURES[featureOf(file)]?.includes(featureOf(target)) || target.split('/').length > 3;
      });
      expect(wrong).toEqual([]);
    });

    it('are used by others only through the index, except for contracts', () => {
      const others = code.filter(({ file }) => !file.startsWith('src/features/'));
      expect(
        offences(
          others,
          ({ target }) =>
            target.startsWith('src/features/') &&
            target.split('/').length > 3 &&
            !target.endsWith('.contract'),
        ),
      ).toEqual([]);
    });

    it('call routes → controller → service → repository', () => {
      const FORBIDDEN: Readonly<Record<string, RegExp>> = {
        routes: /\.(service|repository|read-model)$/,
        controller: /\.(repository|read-model|sql|routes)$/,
        presenter: /\.(repository|read-model|sql|controller|routes)$/,
        service: /\.(controller|routes|presenter|sql)$|^src\/http\//,
        repository: /\.(service|controller|routes|presenter)$/,
        'read-model': /\.(service|controller|routes|presenter)$/,
      };
      const wrong = offences(
        inFeatures,
        ({ isOurs, target, typeOnly }, file) =>
          isOurs && !typeOnly && FORBIDDEN[roleOf(file)]?.test(target) === true,
      );
      expect(wrong).toEqual([]);
      const services = inFeatures.filter(({ file }) => roleOf(file) === 'service');
      expect(offences(services, ({ target }) => target.startsWith('src/http/'))).toEqual([]);
    });

    it('keep types free of transport: domain code does not import schemas', () => {
      const domain = inFeatures.filter(({ file }) =>
        ['types', 'errors', 'policy', 'service', 'repository', 'read-model'].includes(roleOf(file)),
      );
      expect(offences(domain, ({ target, isOurs }) => isOurs && target.endsWith('.schemas'))).toEqual([]);
    });

    it('keep policy, tree, contract, types and errors pure', () => {
      const pure = inFeatures.filter(({ file }) =>
        ['policy', 'tree', 'contract', 'types', 'errors'].includes(roleOf(file)),
      );
      const wrong = offences(pure, ({ target, isOurs, typeOnly }) => {
        if (typeOnly) return false;
        return isOurs
          ? target.startsWith('src/platform/') ||
              target.startsWith('src/http/') ||
              /\.(service|repository|read-model|module)$/.test(target)
          : target !== 'zod' && !target.startsWith('node:crypto');
      });
      expect(wrong).toEqual([]);
    });
  });

  describe('packages stay where they belong', () => {
    const MAY: readonly (readonly [string, RegExp, RegExp])[] = [
      ["Prisma's client", /^@prisma\/|src\/generated\//, /^src\/platform\/db\//],
      ['pg', /^pg$/, /^src\/platform\/(db|bus)\/|^src\/platform\/outbox\/|^scripts\/(bench|image|start)\//],
      [
        'Express',
        /^express$/,
        /^src\/http\/|^src\/app\.ts$|\.(routes|controller)\.ts$|^src\/features\/auth\//,
      ],
      ['Passport', /^passport/, /^src\/features\/auth\//],
      [
        'Redis',
        /^ioredis$|^rate-limit-redis$/,
        /^src\/platform\/|^src\/http\/rate-limit\/|^src\/features\/auth\//,
      ],
      [
        "Temporal's client and worker",
        /^@temporalio\/(client|worker)$/,
        /^src\/platform\/temporal\/|^workflows\/|^scripts\//,
      ],
      ['winston', /^winston$/, /^src\/platform\/logging\//],
      ['the model client', /^openai/, /^src\/features\/ai\//],
      // Meters and tracers come from the API, where they are used; a process has one SDK.
      [
        "OpenTelemetry's SDK",
        /^@opentelemetry\/sdk-|^@opentelemetry\/(?!api|core)/,
        /^src\/telemetry\/sdk\.ts$/,
      ],
    ];
    it.each(MAY)('%s', (_what, packages, places) => {
      expect(
        offences(
          code,
          ({ target, typeOnly }, file) => !typeOnly && packages.test(target) && !places.test(file),
        ),
      ).toEqual([]);
    });

    // Types too: a service that can name an SQL fragment can also pass it on.
    it('only repositories, read models and SQL files write SQL and pass it on', () => {
      const sqlOnly = /^src\/platform\/|^scripts\/|\.(repository|read-model|sql)\.ts$/;
      const isSql = ({ target }: Import) =>
        /^src\/platform\/db\/(sql|ltree|columns|paging|paging\.sql)$/.test(target);
      expect(offences(code, (each, file) => isSql(each) && !sqlOnly.test(file))).toEqual([]);
    });

    it("Prisma's types are those of repositories; the other layers have names of their own for them", () => {
      expect(
        offences(
          inFeatures,
          ({ target }, file) =>
            target.startsWith('src/generated/') && !/\.(repository|read-model|sql|types)\.ts$/.test(file),
        ),
      ).toEqual([]);
    });

    it('only the config reads process.env', () => {
      const readers = code.filter(
        ({ file, text }) =>
          /process\.env\b/.test(text) &&
          !/^src\/config\/|^scripts\/(start|setup|helm|bench|image)\/|^src\/local-servers\//.test(file),
      );
      expect(readers.map(({ file }) => file)).toEqual([]);
    });
  });

  it('SQL converts only to UTC, because Node decides what clocks show', () => {
    const migrations = readdirSync(path.join(ROOT, 'prisma/migrations'), {
      recursive: true,
      encoding: 'utf8',
    })
      .filter((file) => file.endsWith('.sql'))
      .map((file) => `prisma/migrations/${file}`);
    expect(migrations.length).toBeGreaterThan(30);
    const others = code
      .map(({ file }) => file)
      .concat(migrations)
      .filter((file) => {
        const text = readFileSync(path.join(ROOT, file), 'utf8');
        return (
          /\bAT TIME ZONE (?!'UTC')|\bSET (LOCAL |SESSION )?TIME ?ZONE\b/i.test(text) ||
          /\btimezone\(/.test(text)
        );
      });
    expect(others).toEqual([]);
  });

  describe('workflows', () => {
    it('are not imported by the server', () => {
      expect(offences(source, ({ target }) => target.startsWith('workflows/'))).toEqual([]);
    });

    it('import only what the sandbox allows', () => {
      const sandboxed = code.filter(({ file }) => /^workflows\/([a-z-]+\/workflow|index)\.ts$/.test(file));
      expect(sandboxed.length).toBeGreaterThan(1);
      const wrong = offences(sandboxed, ({ target, isOurs, typeOnly }, file) => {
        if (typeOnly) return false;
        if (!isOurs) return !['@temporalio/workflow', '@temporalio/common'].includes(target);
        return (
          !/\.contract$|\/contract$|^workflows\/shared\//.test(target) &&
          !(file === 'workflows/index.ts' && target.endsWith('/workflow'))
        );
      });
      expect(wrong).toEqual([]);
      const impure = sandboxed.filter(({ text }) => /process\.env|^(?:export )?let /m.test(text));
      expect(impure.map(({ file }) => file)).toEqual([]);
    });
  });

  it('only tests import tests and builders', () => {
    const wrong = offences(
      code,
      ({ target, isOurs }) =>
        isOurs && (/^src\/testing\/|^workflows\/testing\//.test(target) || /\.builder$|\.test$/.test(target)),
    );
    // The recorder of histories runs the same scenes as the tests.
    expect(wrong.filter((offence) => !/^scripts\//.test(offence))).toEqual([]);
  });

  it('only scripts and tests import local servers', () => {
    const served = code.filter(({ file }) => !/^scripts\/|^src\/local-servers\//.test(file));
    expect(offences(served, ({ target }) => target.startsWith('src/local-servers/'))).toEqual([]);
  });

  it('has no circle of imports between files, not even of types', () => {
    const file = (name: string, ...targets: string[]): SourceFile => ({
      ...{ file: `${name}.ts`, text: '' },
      imports: targets.map((target) => ({ target, isOurs: true, typeOnly: true })),
    });
    expect(circleOf([file('a', 'b'), file('b', 'c'), file('c', 'b')])).toBe('b.ts → c.ts → b.ts');
    expect(circleOf(everything)).toBeNull();
  });

  it('raw SQL has one clause a line: no line is longer than 110 columns', () => {
    const isSql = ({ file, text }: SourceFile) =>
      file.startsWith('src/') && text.includes('sql`') && !/^src\/testing\/|\.builder\.ts$/.test(file);
    const long = code.filter(isSql).flatMap(({ file, text }) =>
      text
        .split('\n')
        .map((line, index) => ({ place: `${file}:${index + 1}`, line }))
        .filter(({ line }) => line.length > MAX_COLUMNS && !/^\s*(\*|\/\/|\/\*)/.test(line)),
    );
    expect(long.map(({ place }) => place)).toEqual([]);
  });

  it('files stay short', () => {
    const long = everything
      .map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > (/\.test\.ts$/.test(file) ? MAX_TEST_LINES : MAX_LINES));
    expect(long).toEqual([]);
  });

  it('writes limits into statements: a planner that does not see them reads whole tables', () => {
    // A page with a number counts everything anyway; a walk writes its limit into the statement.
    const mayName = ['src/platform/db/paging.sql.ts', 'src/platform/db/walk.ts'];
    const guessed = everything
      .filter(({ file }) => file.startsWith('src/') && !file.endsWith('.test.ts') && !mayName.includes(file))
      .filter(({ text }) => /\bLIMIT \$\{/.test(text));
    expect(guessed.map(({ file }) => file)).toEqual([]);
  });

  // Compiled code reads an exported constant as `exports.NAME` throughout its file.
  it('names no variable `exports` where constants are exported, because it would hide them', () => {
    const hiding = code.filter(
      ({ text }) =>
        /\b(?:const|let) (?:exports\b|\{[^}]*\bexports\b[^}]*\} =)/.test(text) &&
        /^export (?:const|let) /m.test(text),
    );
    expect(hiding.map(({ file }) => file)).toEqual([]);
  });

  it('names every parameter and field of type Principal `principal`', () => {
    const others = code.flatMap(({ file, text }) =>
      [...text.matchAll(/\b(\w+)\??: Principal\b(?!\[')/g)]
        .filter(([, name]) => name !== 'principal' && name !== 'optionalPrincipal')
        .map(([, name]) => `${file}: ${name}`),
    );
    expect(others).toEqual([]);
  });

  it('leaves no marks of work undone', () => {
    const marks = everything.filter(
      ({ file, text }) =>
        file !== 'src/architecture.test.ts' && /\b(TODO|FIXME|XXX|INTERIM|HACK)\b/.test(text),
    );
    expect(marks.map(({ file }) => file)).toEqual([]);
  });

  describe('routes', () => {
    const routes = declaredRoutes();

    it('each name an existing action that says who may call them', () => {
      const wrong = routes.filter(({ access }) => access.kind !== 'public' && !(access.action in ACTIONS));
      expect(wrong.map(nameOf)).toEqual([]);
      expect(routes.filter(({ access }) => access === undefined).map(nameOf)).toEqual([]);
    });

    it('are open to everybody only for signing in or out, or for a signed link', () => {
      const open = routes.filter(({ access }) => access.kind === 'public').map(nameOf);
      expect(open.sort()).toEqual([
        'GET /notifications/unsubscribe/:token',
        'POST /auth/email/confirm',
        'POST /auth/email/verify',
        'POST /auth/invitations/accept',
        'POST /auth/invitations/preview',
        'POST /auth/login',
        'POST /auth/login-card',
        'POST /auth/logout',
        'POST /auth/password/forgot',
        'POST /auth/password/reset',
        'POST /auth/refresh',
        'POST /auth/register',
        'POST /notifications/unsubscribe/:token',
      ]);
    });

    it('that create something support Idempotency-Key', () => {
      const creating = routes.filter(
        ({ method, success, access }) =>
          method === 'post' && success.status === 201 && access.kind !== 'public',
      );
      // Its answer contains a secret, which must not be stored for a day.
      const secret = ['POST /auth/tokens', 'POST /users'];
      expect(creating.filter(({ idempotency }) => idempotency === undefined).map(nameOf)).toEqual(secret);
    });

    it('that change a resource with a revision take If-Match', () => {
      const changing = routes.filter(
        ({ method, success }) => method === 'patch' && success.data !== undefined,
      );
      // A membership is only a role, and a notification is read or not: they have no revision.
      const simple = [
        'PATCH /groups/:id/members/:userId',
        'PATCH /classes/:id/members/:userId',
        'PATCH /notifications/:id',
      ];
      expect(changing.filter(({ conditional }) => conditional !== true).map(nameOf)).toEqual(simple);
    });
  });
});
