import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvSchema } from '../../src/config/env';
import { projectRoot } from '../../src/local-servers/project-root';
import * as workflows from '../../workflows/index';
import { SCHEDULES } from '../../workflows/schedules';
import { QUEUE_CAPACITY } from '../../workflows/task-queues';
import { commandsOf } from './commands';
import { TREATMENTS, treatmentOf } from './commands.table';
import { configurationPage, sectionsOf } from './configuration';
import { READERS, SECTIONS, SET_IN_PRODUCTION } from './configuration.sections';
import { type MarkdownPage, parseMarkdown, readPages, resolveLink } from './markdown';
import { type Flowchart, parseMermaid } from './mermaid';

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const exists = (path: string): boolean => existsSync(join(projectRoot, path));
const pages = readPages();
const pageOf = (path: string): MarkdownPage => {
  const found = pages.find((page) => page.path === path);
  if (found === undefined) throw new Error(`there is no page ${path}`);
  return found;
};
const scripts = JSON.parse(read('package.json')).scripts as Record<string, string>;

/** The rows of the table that follows a heading, each as a list of cells. */
function tableAfter(page: MarkdownPage, heading: string): string[][] {
  const [, below = ''] = page.text.split(`\n${heading}\n`);
  const [table = ''] = /(?:^\|.*\n)+/m.exec(below) ?? [];
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`|`$/g, '')),
    );
}

describe('the pages', () => {
  it('are found', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/README.md',
        'docs/operations.md',
        'docs/adr/0001-feature-folders-with-layer-suffixes.md',
      ]),
    );
  });

  it('link only to existing files and anchors', () => {
    const broken = pages.flatMap(({ path, links }) =>
      links.flatMap(({ target, line }) => {
        const found = resolveLink(path, target);
        if (found === null) return [];
        const isThere = exists(found.file);
        const page = pages.find((each) => each.path === found.file);
        const hasAnchor = found.anchor === '' || page?.anchors.has(found.anchor) === true;
        return isThere && hasAnchor ? [] : [`${path}:${line}: ${target}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const wrong = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)]
        .filter(([, name]) => !Object.hasOwn(scripts, name as string))
        .map(([what]) => `${path}: ${what}`),
    );
    expect(wrong).toEqual([]);
  });

  it('name files of the repository that exist', () => {
    // Decisions and the change log describe the past.
    const present = pages.filter(({ path }) => !path.startsWith('docs/adr/') && path !== 'CHANGELOG.md');
    const wrong = present.flatMap(({ path, inlineCode }) =>
      inlineCode
        .filter(({ text }) => /^(?:src|workflows|scripts|prisma|docs|docker|helm)\/[\w./-]+$/.test(text))
        // scripts/setup-env creates this file.
        .filter(({ text }) => text !== 'docker/.env' && !exists(text))
        .map(({ text, line }) => `${path}:${line}: ${text}`),
    );
    expect(wrong).toEqual([]);
  });

  it('name settings that exist', () => {
    const families =
      /^(?:DATABASE|REDIS|TEMPORAL|WORKER|SESSION|RATE_LIMIT|AI|S3|SMTP|RESEND|VAPID|RETENTION|REMINDER|OTEL|METRICS|LOG)_[A-Z0-9_]+$/;
    const compose = read('docker/docker-compose.yml');
    const isKnown = (name: string) => Object.hasOwn(EnvSchema.shape, name) || compose.includes(`\${${name}:`);
    const wrong = pages
      .filter(({ path }) => /^(?:README|docs\/[a-z]+)\.md$/.test(path))
      .flatMap(({ path, inlineCode }) =>
        inlineCode
          .map(({ text, line }) => ({ name: text.split('=')[0] as string, line }))
          .filter(({ name }) => families.test(name) && !isKnown(name))
          .map(({ name, line }) => `${path}:${line}: ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it('can all be reached from the index', () => {
    const reached = new Set<string>();
    const visit = (path: string) => {
      if (reached.has(path)) return;
      reached.add(path);
      const page = pages.find((each) => each.path === path);
      for (const { target } of page?.links ?? []) {
        const found = resolveLink(path, target);
        if (found !== null) visit(found.file.replace(/\/$/, ''));
      }
    };
    visit('docs/README.md');
    const unreached = pages
      .map(({ path }) => path)
      .filter((path) => path.startsWith('docs/') && !reached.has(path));
    // Decisions are linked as a folder.
    expect(unreached.filter((path) => !path.startsWith('docs/adr/'))).toEqual([]);
    expect(reached).toContain('docs/adr');
  });
});

describe('every command of the pages', () => {
  const commands = pages.flatMap(commandsOf);

  it('is run by a test, or has a reason why not', () => {
    const undecided = commands.filter(({ text }) => treatmentOf(text) === undefined);
    expect(undecided.map(({ page, line, text }) => `${page}:${line}: ${text}`)).toEqual([]);
    expect(commands.length).toBeGreaterThan(30);
  });

  it('is run if it can be', () => {
    expect(commands.filter(({ text }) => treatmentOf(text)?.run === true).length).toBeGreaterThan(25);
  });

  it('is what the table is about: no row is left over', () => {
    const used = new Set(commands.map(({ text }) => TREATMENTS.findIndex(([pattern]) => pattern.test(text))));
    const unused = TREATMENTS.filter((_row, i) => !used.has(i)).map(([pattern]) => String(pattern));
    expect(unused).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  it('is what the schema says: npm run docs:configuration makes it so', () => {
    expect(read('docs/configuration.md')).toBe(configurationPage());
  });

  it('has every setting once, in a section', () => {
    const names = sectionsOf().flatMap(({ fields }) => fields.map(([name]) => name));
    expect(names).toEqual(Object.keys(EnvSchema.shape));
    expect(SECTIONS.map(({ first }) => first).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('names only existing settings', () => {
    const named = [...Object.keys(SET_IN_PRODUCTION), ...READERS.flatMap(([, each]) => each)];
    const unknown = named.filter((name) =>
      name.endsWith('*')
        ? !Object.keys(EnvSchema.shape).some((each) => each.startsWith(name.slice(0, -1)))
        : !Object.hasOwn(EnvSchema.shape, name),
    );
    expect(unknown).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const page = pageOf('docs/architecture.md');

  it('has diagrams that Mermaid reads', () => {
    const diagrams = pages.flatMap(({ path, fences }) =>
      fences
        .filter(({ language }) => language === 'mermaid')
        .map(({ text, line }) => {
          try {
            return parseMermaid(text);
          } catch (error) {
            throw new Error(`${path}:${line}: ${(error as Error).message}`);
          }
        }),
    );
    expect(diagrams.length).toBeGreaterThanOrEqual(5);
    // If some nodes of a diagram have labels, a node without one is an id with a typing error.
    for (const { kind, nodes, labelled } of diagrams.filter(
      (each): each is Flowchart => each.kind === 'flowchart',
    ))
      expect([kind, [...nodes].filter((id) => labelled.size > 0 && !labelled.has(id))]).toEqual([kind, []]);
  });

  it('shows the features as the architecture test checks them', () => {
    const [, list = ''] =
      /const FEATURES[^=]*= \{\n([\s\S]*?)\n\};/.exec(read('src/architecture.test.ts')) ?? [];
    const edges = [...list.matchAll(/^\s+(\w+): \[(.*)\],$/gm)].flatMap(([, from, to]) =>
      [...(to as string).matchAll(/'(\w+)'/g)].map(([, each]) => `${from} → ${each}`),
    );
    expect(edges.length).toBeGreaterThan(20);
    const [, below = ''] = page.text.split('<!-- features:');
    const [, text = ''] = /```mermaid\n([\s\S]*?)```/.exec(below) ?? [];
    const shown = parseMermaid(text) as Flowchart;
    expect(shown.edges.map(([from, to]) => `${from} → ${to}`).sort()).toEqual(
      edges.filter((edge) => !/ → (?:access|audit)$/.test(edge)).sort(),
    );
  });

  it('names every table', () => {
    const tables = [...read('prisma/schema.prisma').matchAll(/@@map\("(\w+)"\)/g)].map(([, name]) => name);
    const shown = tableAfter(page, '<!-- tables: the same as in prisma/schema.prisma -->').flatMap(
      ([, names]) => (names as string).split(', '),
    );
    expect(new Set(shown)).toEqual(new Set(tables));
  });
});

describe('docs/jobs.md', () => {
  const page = pageOf('docs/jobs.md');

  it('names every workflow', () => {
    const kinds = tableAfter(page, '## Workflows').map(([kind]) => kind);
    expect(new Set(kinds)).toEqual(new Set(Object.keys(workflows)));
  });

  it('says how much a worker takes of each queue', () => {
    const shown = tableAfter(page, '## Queues').map(([queue, activities]) => [queue, Number(activities)]);
    expect(shown).toEqual(
      Object.entries(QUEUE_CAPACITY).map(([queue, { activities }]) => [queue, activities]),
    );
  });

  it('says how long things are kept, as the settings do', () => {
    const shown = tableAfter(page, '## Retention').flatMap(([, kept, setting]) =>
      setting === '' ? [] : [[setting, Number.parseInt(kept as string, 10)]],
    );
    const settings = Object.entries(EnvSchema.shape).filter(([name]) => name.startsWith('RETENTION_'));
    expect(Object.fromEntries(shown)).toEqual(
      Object.fromEntries(settings.map(([name, field]) => [name, field.safeParse(undefined).data])),
    );
  });

  it('has the table of schedules', () => {
    const shown = tableAfter(page, '## Schedules').map(([id, , zone, overlap, late]) => ({
      id,
      zone,
      overlap,
      late,
    }));
    expect(shown).toEqual(
      SCHEDULES.map(({ id, timeZone, overlap, catchupWindow }) => ({
        ...{ id, zone: timeZone, overlap, late: catchupWindow },
      })),
    );
  });
});

describe('docs/operations.md', () => {
  it('has a section for each alert at the place that the alert names, and no others', () => {
    const page = pageOf('docs/operations.md');
    const alerts = [
      ...read('docker/observability/prometheus/alerts.yml').matchAll(
        /- alert: (\w+)[\s\S]*?runbook: docs\/operations\.md#([\w-]+)/g,
      ),
    ].map(([, name, anchor]) => `${anchor} (\`${name}\`)`);
    expect(alerts.length).toBeGreaterThan(5);
    const [, below = ''] = page.text.split('\n## Alerts\n');
    const [own = ''] = below.split('\n## ');
    const sections = [...own.matchAll(/^### (.+)\n\n\((`\w+`)/gm)].map(
      ([, title, name]) => `${(title as string).toLowerCase().replaceAll(' ', '-')} (${name})`,
    );
    expect(sections.sort()).toEqual(alerts.sort());
    expect(own.match(/^### /gm)).toHaveLength(sections.length);
  });
});

describe('reading Markdown', () => {
  it('finds headings, links, blocks and code', () => {
    const page = parseMarkdown(
      'a/b.md',
      '# One `two`\n\n## Same\n## Same\n[x](../c.md#d) `src/x.ts`\n\n```sh\nls [no](link)\n```\n',
    );
    expect([...page.anchors]).toEqual(['one-two', 'same', 'same-1']);
    expect(page.links).toEqual([{ target: '../c.md#d', line: 5 }]);
    expect(page.fences).toEqual([{ language: 'sh', text: 'ls [no](link)', line: 8 }]);
    expect(page.inlineCode.map(({ text }) => text)).toEqual(['two', 'src/x.ts']);
    expect(resolveLink('a/b.md', '../c.md#d')).toEqual({ file: 'c.md', anchor: 'd' });
    expect(resolveLink('a/b.md', 'https://example.org')).toBeNull();
  });

  it('keeps commands of several lines together', () => {
    const text =
      '```sh\n# why\nX=$(echo "a\nb" | cat)\n\nfor i in 1 2; do\n  echo $i\ndone\nls \\\n  -l\ncat <<E\nx\nE\n```\n';
    const commands = commandsOf(parseMarkdown('x.md', text));
    expect(commands.map(({ line, text: command }) => [line, command.split('\n').length])).toEqual([
      [3, 2],
      [6, 3],
      [9, 2],
      [11, 3],
    ]);
  });

  it.each([
    'graph\n a --> b',
    'flowchart LR\n a -> b',
    'flowchart LR\n a[x (y)]',
    'flowchart LR\n a[x',
    'sequenceDiagram\n a->>b: hello',
    'sequenceDiagram\n participant a as A\n a->>a: one; two',
  ])('refuses a diagram that Mermaid would refuse: %s', (text) => {
    expect(() => parseMermaid(text)).toThrow();
  });
});
