import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { declaredRoutes } from '../testing/declared-routes';
import {
  type ExposedMetric,
  OUR_METRICS,
  PROCESS_METRICS,
  TEMPORAL_METRICS,
} from '../testing/exposed-metrics';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

const FOLDER = path.resolve(__dirname, '../../docker/observability');
const read = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: Record<string, string>;
}
interface Panel {
  title: string;
  datasource: { uid: string };
  targets: { expr: string; legendFormat: string }[];
}

const rules = (parse(read('prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const dashboards = readdirSync(path.join(FOLDER, 'grafana/dashboards')).map((file) => ({
  file,
  ...(JSON.parse(read(`grafana/dashboards/${file}`)) as { uid: string; title: string; panels: Panel[] }),
}));

const TABLE: Readonly<Record<string, ExposedMetric>> = {
  ...OUR_METRICS,
  ...PROCESS_METRICS,
  ...TEMPORAL_METRICS,
  // Prometheus adds this metric to everything that it scrapes.
  up: { kind: 'gauge', labels: [], by: [] },
};
/** Labels that Prometheus adds to every series. */
const ADDED = ['job', 'instance'];

/** The labels of the metric behind a series. A histogram has three series, none of them with its own name. */
function labelsOf(series: string): readonly string[] | null {
  const base = series.replace(/_(bucket|sum|count)$/, '');
  const histogram = TABLE[base]?.kind === 'histogram' && base !== series ? TABLE[base] : undefined;
  if (histogram !== undefined)
    return [...histogram.labels, ...ADDED, ...(series.endsWith('_bucket') ? ['le'] : [])];
  const spec = TABLE[series];
  return spec === undefined || spec.kind === 'histogram' ? null : [...spec.labels, ...ADDED];
}

interface Use {
  series: string;
  labels: string[];
}

/** The series that an expression reads, with the labels that select them and the labels that group them. */
function readExpression(expression: string): { uses: Use[]; grouped: string[]; matched: [string, string][] } {
  const text = (node: SyntaxNode) => expression.slice(node.from, node.to);
  const uses: Use[] = [];
  const grouped: string[] = [];
  const matched: [string, string][] = [];
  parser.parse(expression).iterate({
    enter: ({ node, type }) => {
      if (type.isError) throw new Error(`not PromQL at ${node.from}: ${expression}`);
      if (type.name === 'VectorSelector')
        uses.push({ series: text(node.firstChild as SyntaxNode), labels: [] });
      if (type.name === 'UnquotedLabelMatcher') {
        uses.at(-1)?.labels.push(text(node.firstChild as SyntaxNode));
        matched.push([text(node.firstChild as SyntaxNode), text(node.lastChild as SyntaxNode).slice(1, -1)]);
      }
      if (type.name === 'LabelName' && node.parent?.type.name === 'GroupingLabels') grouped.push(text(node));
    },
  });
  return { uses, grouped, matched };
}

const panels = dashboards.flatMap(({ title, panels: own }) =>
  own.flatMap((panel) =>
    panel.targets.map(({ expr, legendFormat }) => ({
      where: `${title}: ${panel.title}`,
      expr,
      labels: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label as string),
    })),
  ),
);
const alerts = rules.map(({ alert, expr, annotations }) => ({
  where: alert,
  expr,
  labels: [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string),
}));

describe('dashboards and alerts', () => {
  it('are there for the API, jobs, AI and the database', () => {
    expect(dashboards.map(({ file }) => file).sort()).toEqual([
      'ai.json',
      'api.json',
      'database.json',
      'jobs.json',
    ]);
    expect(panels.length).toBeGreaterThan(40);
    expect(rules.length).toBeGreaterThan(15);
  });

  it.each([...panels, ...alerts])('$where reads what the processes export', ({ expr, labels }) => {
    const { uses, grouped } = readExpression(expr);
    expect(uses.length).toBeGreaterThan(0);
    for (const { series, labels: own } of uses) {
      const known = labelsOf(series);
      expect({ series, isKnown: known !== null }).toEqual({ series, isKnown: true });
      expect(known).toEqual(expect.arrayContaining(own));
    }
    const any = new Set(uses.flatMap(({ series }) => labelsOf(series) ?? []));
    for (const label of [...grouped, ...labels]) expect([...any]).toContain(label);
  });

  it('name routes that exist', () => {
    const routes = new Set(declaredRoutes().map((route) => route.path));
    const named = [...panels, ...alerts]
      .flatMap(({ expr }) => readExpression(expr).matched)
      .filter(([label]) => label === 'route')
      .flatMap(([, value]) => value.split('|'));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((route) => !routes.has(route))).toEqual([]);
  });

  it('name the severity, the problem, and where to read more', () => {
    for (const { alert, labels, annotations } of rules) {
      const anchor = alert.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
      expect(['critical', 'warning', 'info']).toContain(labels.severity);
      expect(annotations).toEqual({
        summary: expect.any(String),
        description: expect.any(String),
        runbook: `docs/operations.md#${anchor}`,
      });
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('lead to a page that is there', () => {
    const text = readFileSync(path.resolve(FOLDER, '../../docs/operations.md'), 'utf8');
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      (title as string)
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    );
    const named = rules.map(({ annotations }) => annotations.runbook?.split('#')[1]);
    expect(named.filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
  });

  it('use the data source that is provisioned', () => {
    const { datasources } = parse(read('grafana/provisioning/datasources/datasources.yml')) as {
      datasources: { uid: string }[];
    };
    const uids = datasources.map(({ uid }) => uid);
    for (const { panels: own } of dashboards)
      for (const { datasource } of own) expect(uids).toContain(datasource.uid);
  });
});

describe('the collector and Prometheus', () => {
  it('are set up for the ports and paths that the processes use', () => {
    const collector = parse(read('otel-collector.yml')) as {
      receivers: { otlp: { protocols: { http: { endpoint: string } } } };
      service: { pipelines: Record<string, { exporters: string[] }> };
    };
    expect(collector.receivers.otlp.protocols.http.endpoint).toBe('0.0.0.0:4318');
    expect(Object.keys(collector.service.pipelines).sort()).toEqual(['metrics', 'traces']);
    const { rule_files, scrape_configs } = parse(read('prometheus/prometheus.yml')) as {
      rule_files: string[];
      scrape_configs: { job_name: string; metrics_path?: string }[];
    };
    expect(rule_files).toEqual(['/etc/prometheus/alerts.yml']);
    expect(scrape_configs.every(({ metrics_path }) => metrics_path === undefined)).toBe(true);
    const jobs = new Set(scrape_configs.map(({ job_name }) => job_name));
    const watched = [...panels, ...alerts]
      .flatMap(({ expr }) => readExpression(expr).matched)
      .filter(([label]) => label === 'job');
    expect(watched.filter(([, job]) => !jobs.has(job))).toEqual([]);
  });
});
