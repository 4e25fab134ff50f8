import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { projectRoot } from '../../src/local-servers/project-root';
import { TASK_QUEUES } from '../../src/shared/task-queues';
import { CHART, valueFiles } from './chart';

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');
const values = parse(read(CHART, 'values.yaml'));
const schema = JSON.parse(read(CHART, 'values.schema.json'));
/** The known settings. Another test compares .env.example with the code. */
const settings = new Set(
  [...read(projectRoot, '.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name),
);

/** `a.b.c` of every leaf; the operator's own maps and lists count as one leaf. */
function leaves(value: unknown, path = ''): Map<string, unknown> {
  const isMap =
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isMap || path === 'config' || path.endsWith('resources')) return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, child]) => [...leaves(child, path === '' ? key : `${path}.${key}`)]),
  );
}

describe('the values of the chart', () => {
  it.each([['values.yaml'], ...valueFiles().map((name) => [join('ci', name)])])(
    'fit their schema: %s',
    (file) => {
      const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
      validate(parse(read(CHART, file)));
      expect(validate.errors).toBeNull();
    },
  );

  it('are each known to the schema', () => {
    for (const path of leaves(values).keys()) {
      let place = schema;
      for (const key of path.split('.')) place = place.properties?.[key] ?? {};
      expect([path, Object.keys(place).length > 0]).toEqual([path, true]);
    }
  });

  it('are each explained in the README, with their default', () => {
    const table = new Map(
      [...read(CHART, 'README.md').matchAll(/^\| `([^`]+)` \| `([^`]*)` \| (.+) \|$/gm)].map(
        ([, path, shown]) => [path as string, shown as string],
      ),
    );
    const wanted = new Map([...leaves(values)].map(([path, value]) => [path, JSON.stringify(value)]));
    expect(table).toEqual(wanted);
  });

  it('name only existing settings', () => {
    const files = [values, ...valueFiles().map((name) => parse(read(CHART, 'ci', name)))];
    const named = files.flatMap((file) =>
      [file.config, file.api?.config, file.worker?.config].flatMap((config) => Object.keys(config ?? {})),
    );
    const { propertyNames } = schema.properties.config;
    for (const name of [...named, ...propertyNames.not.enum])
      expect([name, settings.has(name)]).toEqual([name, true]);
  });
});

describe('the chart and the code', () => {
  it('agree on the version', () => {
    const { version } = JSON.parse(read(projectRoot, 'package.json'));
    expect(parse(read(CHART, 'Chart.yaml')).appVersion).toBe(version);
  });

  it('agree on the queues', () => {
    const { items } = schema.properties.worker.properties.groups.items.properties.queues;
    expect(new Set(items.enum)).toEqual(new Set(TASK_QUEUES));
  });

  it('agree on the programs that are run', () => {
    const templates = ['api-deployment.yaml', 'worker-deployments.yaml', 'hooks.yaml', 'NOTES.txt'];
    const named = templates.flatMap((name) => [
      ...read(CHART, 'templates', name).matchAll(/dist\/([\w/-]+)\.js"?(?: "?([\w:-]+))?/g),
    ]);
    const sources = [...new Set(named.map(([, path]) => `${path}.ts`))].sort();
    expect(sources).toEqual(['scripts/cli.ts', 'src/server.ts', 'workflows/worker.ts']);
    for (const path of sources) expect(read(projectRoot, path)).not.toBe('');
    const commands = named.flatMap(([, path, command]) => (path === 'scripts/cli' ? [command] : []));
    expect(commands).toEqual(['migrate', 'apply-schedules', 'doctor']);
    for (const command of commands) expect(read(projectRoot, 'scripts/cli.ts')).toContain(`'${command}'`);
  });

  it('agree on the versions of the programs that check it', () => {
    const modules = read(projectRoot, 'scripts/helm-tools/go.mod');
    const pinned = read(projectRoot, 'scripts/helm/helm-tools.ts');
    for (const [module, name] of [
      ['helm.sh/helm/v3', 'helm'],
      ['github.com/yannh/kubeconform', 'kubeconform'],
    ]) {
      const [, version] = new RegExp(`${module} v([\\d.]+)`).exec(modules) ?? [];
      expect(pinned).toContain(`${name}: { version: '${version}'`);
    }
  });
});
