import { type Manifest, render, renderManifests } from './chart';
import { findHelmTool } from './helm-tools';

const helm = findHelmTool('helm');
// `npm run helm:check` builds Helm. If it has not run, these tests are listed as skipped.
const describeWithHelm = helm === undefined ? describe.skip : describe;

const made = new Map<string, Manifest[]>();
function manifests(values: string, ...set: string[]): Manifest[] {
  const key = [values, ...set].join(' ');
  if (!made.has(key)) made.set(key, renderManifests(helm as string, values, set));
  return made.get(key) as Manifest[];
}
const all = (kind: string, values: string, ...set: string[]): Manifest[] =>
  manifests(values, ...set).filter((each) => each.kind === kind);
function one(kind: string, name: string, values: string, ...set: string[]): Manifest {
  const found = all(kind, values, ...set).filter((each) => each.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0];
}
const podOf = (manifest: Manifest) => manifest.spec.template.spec;
const containerOf = (manifest: Manifest) => podOf(manifest).containers[0];
const envOf = (manifest: Manifest): Record<string, string> =>
  Object.fromEntries(
    (containerOf(manifest).env ?? []).map(({ name, value }: { name: string; value: string }) => [
      name,
      value,
    ]),
  );
const api = (values = 'minimal.yaml', ...set: string[]) =>
  one('Deployment', 'rapt-raptscallions-api', values, ...set);
const worker = (values = 'minimal.yaml', group = 'all', ...set: string[]) =>
  one('Deployment', `rapt-raptscallions-worker-${group}`, values, ...set);

describeWithHelm('the pods', () => {
  it('run the three images, each with the command of the code', () => {
    expect(containerOf(api()).image).toBe('raptscallions/api:0.1.0');
    expect(containerOf(api()).args).toEqual(['node', '--max-old-space-size=384', 'dist/src/server.js']);
    expect(containerOf(worker()).image).toBe('raptscallions/worker:0.1.0');
    expect(containerOf(worker()).args).toEqual([
      'node',
      '--max-old-space-size=256',
      'dist/workflows/worker.js',
    ]);
    const migrate = one('Job', 'rapt-raptscallions-migrate', 'minimal.yaml');
    expect(containerOf(migrate).image).toBe('raptscallions/migrate:0.1.0');
    expect(containerOf(migrate).args).toEqual(['node', 'dist/scripts/cli.js', 'migrate']);
  });

  it('take registry, tag and pull secrets', () => {
    expect(containerOf(api('full.yaml')).image).toBe('registry.example.org/district/raptscallions/api:1.2.3');
    for (const manifest of [...all('Deployment', 'full.yaml'), ...all('Job', 'full.yaml')])
      expect(podOf(manifest).imagePullSecrets).toEqual([{ name: 'registry' }]);
  });

  it.each(['minimal.yaml', 'full.yaml', 'queues.yaml', 'sealed.yaml'])(
    'are restricted, hooks included, with %s',
    (values) => {
      const running = [...all('Deployment', values), ...all('Job', values)];
      expect(running.length).toBeGreaterThanOrEqual(2);
      for (const manifest of running) {
        expect(podOf(manifest).securityContext).toMatchObject({
          runAsNonRoot: true,
          runAsUser: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        expect(containerOf(manifest).securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(podOf(manifest).automountServiceAccountToken).toBe(false);
        expect(containerOf(manifest).resources.limits.memory).toBeDefined();
        expect(containerOf(manifest).resources.requests.cpu).toBeDefined();
        expect(containerOf(manifest).volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
      }
    },
  );

  it('are alive without a database, and ready with one', () => {
    expect(containerOf(api()).livenessProbe.httpGet).toEqual({ path: '/health', port: 'http' });
    expect(containerOf(api()).readinessProbe.httpGet).toEqual({ path: '/ready', port: 'http' });
    expect(containerOf(api()).startupProbe.httpGet).toEqual({ path: '/health', port: 'http' });
    expect(containerOf(worker()).livenessProbe.httpGet).toEqual({ path: '/health', port: 'health' });
    expect(containerOf(worker()).readinessProbe.httpGet).toEqual({ path: '/ready', port: 'health' });
    expect(containerOf(worker()).startupProbe.httpGet).toEqual({ path: '/health', port: 'health' });
  });

  it('listen on the ports of the probes', () => {
    expect(containerOf(api()).ports).toContainEqual({ name: 'http', containerPort: 3000 });
    expect(envOf(api())).toMatchObject({ PORT: '3000', METRICS_PORT: '9464' });
    expect(containerOf(worker()).ports).toEqual([{ name: 'health', containerPort: 9465 }]);
    expect(envOf(worker())).toMatchObject({ WORKER_HEALTH_PORT: '9465' });
  });

  it('are given time to end: the grace of the process and ten seconds more', () => {
    expect(podOf(api()).terminationGracePeriodSeconds).toBe(35);
    expect(containerOf(api()).lifecycle.preStop.exec.command).toEqual(['sleep', '5']);
    expect(podOf(worker()).terminationGracePeriodSeconds).toBe(30);
    expect(one('ConfigMap', 'rapt-raptscallions', 'minimal.yaml').data.SHUTDOWN_GRACE_MS).toBe('20000');
    const patient = 'shutdownGraceSeconds=90';
    expect(podOf(worker('minimal.yaml', 'all', patient)).terminationGracePeriodSeconds).toBe(100);
    expect(one('ConfigMap', 'rapt-raptscallions', 'minimal.yaml', patient).data.SHUTDOWN_GRACE_MS).toBe(
      '90000',
    );
  });

  it('spread over nodes and zones, separately for each component', () => {
    const constraints = podOf(worker()).topologySpreadConstraints;
    expect(constraints.map(({ topologyKey }: { topologyKey: string }) => topologyKey)).toEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
    expect(constraints[0].labelSelector.matchLabels).toEqual(worker().spec.selector.matchLabels);
  });

  it('never go below their number while they are replaced', () => {
    for (const manifest of all('Deployment', 'minimal.yaml'))
      expect(manifest.spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  it('are placed as is asked', () => {
    expect(podOf(api('full.yaml')).nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    expect(podOf(api('full.yaml')).tolerations).toHaveLength(1);
    expect(podOf(worker('full.yaml')).nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    expect(podOf(api()).nodeSelector).toBeUndefined();
    expect(api('full.yaml').spec.template.metadata.annotations['example.org/team']).toBe('learning');
  });

  it('select only their own, and their labels match', () => {
    for (const manifest of all('Deployment', 'queues.yaml'))
      expect(manifest.spec.template.metadata.labels).toMatchObject(manifest.spec.selector.matchLabels);
    const components = all('Deployment', 'queues.yaml').map(
      ({ spec }) => spec.selector.matchLabels['app.kubernetes.io/component'],
    );
    expect(new Set(components)).toEqual(new Set(['api', 'worker-rest', 'worker-runs']));
  });
});

describeWithHelm('the settings', () => {
  it('are in one ConfigMap, without empty ones', () => {
    const { data } = one('ConfigMap', 'rapt-raptscallions', 'minimal.yaml', 'config.WEB_APP_URL=');
    expect(data).toMatchObject({
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://raptscallions.example.org',
      TEMPORAL_ADDRESS: 'temporal-frontend.temporal.svc:7233',
      S3_BUCKET: 'raptscallions',
    });
    expect(data).not.toHaveProperty('WEB_APP_URL');
  });

  it('reach the API and the workers, as do the secrets', () => {
    const sources = [
      { configMapRef: { name: 'rapt-raptscallions' } },
      { secretRef: { name: 'raptscallions' } },
    ];
    expect(containerOf(api()).envFrom).toEqual(sources);
    expect(containerOf(worker()).envFrom).toEqual(sources);
  });

  it('for one process do not reach the other', () => {
    expect(envOf(api('full.yaml')).REGISTRATION_MODE).toBe('invite');
    expect(envOf(worker('full.yaml'))).not.toHaveProperty('REGISTRATION_MODE');
    expect(envOf(worker('full.yaml')).REMINDER_LEAD_HOURS).toBe('48');
  });

  it('restart the pods when they change', () => {
    const sum = (...set: string[]) =>
      api('minimal.yaml', ...set).spec.template.metadata.annotations['checksum/config'];
    expect(sum()).toMatch(/^[0-9a-f]{64}$/);
    expect(sum('config.LOG_LEVEL=debug')).not.toBe(sum());
  });

  it('come from a SealedSecret if there is no Secret', () => {
    const sealed = one('SealedSecret', 'rapt-raptscallions-secrets', 'sealed.yaml');
    expect(Object.keys(sealed.spec.encryptedData)).toEqual(['DATABASE_URL', 'SESSION_SECRET']);
    expect(sealed.metadata.annotations['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    expect(containerOf(api('sealed.yaml')).envFrom[1]).toEqual({
      secretRef: { name: 'rapt-raptscallions-secrets' },
    });
    expect(all('SealedSecret', 'minimal.yaml')).toEqual([]);
  });

  it.each([
    ['no secrets at all', ['secrets.existingSecret='], 'secrets.existingSecret'],
    ['no shared storage', ['config.S3_BUCKET='], 'storage.volume.enabled'],
    ['a secret among the settings', ['config.SESSION_SECRET=x'], 'SESSION_SECRET'],
    ['a misspelt value', ['api.replica=3'], 'replica'],
    ['a setting that the chart makes itself', ['config.PORT=1'], 'PORT'],
    ['an ingress without a host', ['ingress.enabled=true'], 'ingress.host'],
    ['a queue that does not exist', ['worker.groups[0].queues[0]=fast'], 'queues'],
  ])('are refused with %s', (_what, set, said) => {
    expect(() => render(helm as string, 'minimal.yaml', set)).toThrow(said);
  });
});

describeWithHelm('the hooks', () => {
  it('migrate before, and make the schedules after', () => {
    const hook = (name: string) =>
      one('Job', `rapt-raptscallions-${name}`, 'minimal.yaml').metadata.annotations['helm.sh/hook'];
    expect(hook('migrate')).toBe('pre-install,pre-upgrade');
    expect(hook('schedules')).toBe('post-install,post-upgrade');
  });

  it('need nothing that the chart has not made yet', () => {
    const migrate = one('Job', 'rapt-raptscallions-migrate', 'minimal.yaml');
    expect(containerOf(migrate).envFrom).toEqual([{ secretRef: { name: 'raptscallions' } }]);
    expect(podOf(migrate).serviceAccountName).toBeUndefined();
    expect(envOf(one('Job', 'rapt-raptscallions-schedules', 'minimal.yaml'))).toMatchObject({
      TEMPORAL_ADDRESS: 'temporal-frontend.temporal.svc:7233',
    });
  });

  it('end by themselves, and are tried again', () => {
    const { spec } = one('Job', 'rapt-raptscallions-migrate', 'minimal.yaml');
    expect(spec).toMatchObject({ backoffLimit: 3, activeDeadlineSeconds: 900 });
    expect(spec.template.spec.restartPolicy).toBe('Never');
  });

  it('can be switched off', () => {
    expect(all('Job', 'sealed.yaml')).toEqual([]);
  });
});

describeWithHelm('the numbers', () => {
  it('of API pods follow the load', () => {
    expect(api().spec.replicas).toBeUndefined();
    const { spec } = one('HorizontalPodAutoscaler', 'rapt-raptscallions-api', 'minimal.yaml');
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 8 });
    expect(spec.scaleTargetRef).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'rapt-raptscallions-api',
    });
    expect(spec.metrics[0].resource.target.averageUtilization).toBe(70);
  });

  it('are fixed without an autoscaler', () => {
    expect(api('sealed.yaml').spec.replicas).toBe(2);
    expect(all('HorizontalPodAutoscaler', 'sealed.yaml')).toEqual([]);
  });

  it('of workers are set per group, in one Deployment with its queues', () => {
    expect(envOf(worker('queues.yaml', 'runs')).WORKER_QUEUES).toBe('ai-runs');
    expect(envOf(worker('queues.yaml', 'rest')).WORKER_QUEUES).toBe('default,exports,sync,deliveries');
    expect(envOf(worker())).not.toHaveProperty('WORKER_QUEUES');
    expect(worker('queues.yaml', 'rest').spec.replicas).toBe(1);
    expect(
      one('HorizontalPodAutoscaler', 'rapt-raptscallions-worker-runs', 'queues.yaml').spec.maxReplicas,
    ).toBe(10);
  });

  it('shrink by one at a time when nodes are drained', () => {
    const budget = one('PodDisruptionBudget', 'rapt-raptscallions-worker-all', 'minimal.yaml');
    expect(budget.spec.maxUnavailable).toBe(1);
    expect(budget.spec.selector.matchLabels).toEqual(worker().spec.selector.matchLabels);
    expect(all('PodDisruptionBudget', 'minimal.yaml')).toHaveLength(2);
    expect(all('PodDisruptionBudget', 'sealed.yaml')).toEqual([]);
  });
});

describeWithHelm('the network', () => {
  it('leads to the API by service and ingress', () => {
    const service = one('Service', 'rapt-raptscallions', 'full.yaml');
    expect(service.spec.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http' }]);
    expect(api('full.yaml').spec.template.metadata.labels).toMatchObject(service.spec.selector);
    const ingress = one('Ingress', 'rapt-raptscallions', 'full.yaml');
    expect(ingress.spec.ingressClassName).toBe('nginx');
    expect(ingress.spec.tls).toEqual([
      { hosts: ['raptscallions.example.org'], secretName: 'rapt-raptscallions-tls' },
    ]);
    expect(ingress.spec.rules[0].http.paths[0].backend.service).toEqual({
      name: 'rapt-raptscallions',
      port: { name: 'http' },
    });
    expect(all('Ingress', 'minimal.yaml')).toEqual([]);
  });

  it('lets in only the ingress controller and Prometheus', () => {
    const toApi = one('NetworkPolicy', 'rapt-raptscallions-api', 'full.yaml').spec.ingress;
    expect(toApi).toEqual([
      {
        ports: [{ port: 'http', protocol: 'TCP' }],
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
      },
    ]);
    const toMetrics = one('NetworkPolicy', 'rapt-raptscallions-metrics', 'full.yaml').spec.ingress;
    expect(toMetrics[0].ports.map(({ port }: { port: number }) => port)).toEqual([9464, 9465]);
    expect(toMetrics[0].from[0].namespaceSelector.matchLabels).toEqual({
      'kubernetes.io/metadata.name': 'monitoring',
    });
  });

  it('lets out by port', () => {
    const { spec } = one('NetworkPolicy', 'rapt-raptscallions-egress', 'full.yaml');
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    const ports = spec.egress[1].ports.map(({ port }: { port: number }) => port);
    expect(ports).toEqual([5432, 6379, 7233, 443, 587, 4318]);
    expect(spec.egress[2]).toEqual({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] });
    for (const manifest of all('Deployment', 'full.yaml'))
      expect(manifest.spec.template.metadata.labels).toMatchObject(spec.podSelector.matchLabels);
    expect(all('NetworkPolicy', 'sealed.yaml')).toEqual([]);
  });

  it('shows metrics to Prometheus, on a port of their own', () => {
    const monitor = one('ServiceMonitor', 'rapt-raptscallions', 'full.yaml');
    expect(monitor.metadata.labels.release).toBe('prometheus');
    const services = all('Service', 'full.yaml').filter(({ metadata }) => metadata.name.endsWith('-metrics'));
    expect(services).toHaveLength(2);
    for (const { metadata } of services)
      expect(metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
    expect(one('Service', 'rapt-raptscallions', 'full.yaml').metadata.labels).not.toMatchObject(
      monitor.spec.selector.matchLabels,
    );
    expect(all('ServiceMonitor', 'minimal.yaml')).toEqual([]);
    expect(envOf(api('sealed.yaml'))).not.toHaveProperty('METRICS_PORT');
    expect(all('Service', 'sealed.yaml')).toHaveLength(1);
  });
});

describeWithHelm('the files', () => {
  it('lie in a bucket, or on a volume that API and workers share', () => {
    const dataOf = (manifest: Manifest) =>
      podOf(manifest).volumes.find(({ name }: { name: string }) => name === 'data');
    expect(dataOf(api())).toHaveProperty('emptyDir');
    const claim = { name: 'data', persistentVolumeClaim: { claimName: 'rapt-raptscallions-data' } };
    expect(dataOf(api('full.yaml'))).toEqual(claim);
    expect(dataOf(worker('full.yaml'))).toEqual(claim);
    const { spec, metadata } = one('PersistentVolumeClaim', 'rapt-raptscallions-data', 'full.yaml');
    expect(spec).toEqual({
      accessModes: ['ReadWriteMany'],
      storageClassName: 'nfs',
      resources: { requests: { storage: '50Gi' } },
    });
    expect(metadata.annotations['helm.sh/resource-policy']).toBe('keep');
    expect(all('PersistentVolumeClaim', 'full.yaml', 'storage.volume.existingClaim=mine')).toEqual([]);
  });

  it('are written only below /data and /tmp', () => {
    expect(one('ConfigMap', 'rapt-raptscallions', 'minimal.yaml').data.STORAGE_DIR).toBe('/data/storage');
    const paths = containerOf(worker()).volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
    expect(paths).toEqual(['/tmp', '/data']);
  });
});

describeWithHelm('the account', () => {
  it('is one without rights', () => {
    const account = one('ServiceAccount', 'rapt-raptscallions', 'full.yaml');
    expect(account.automountServiceAccountToken).toBe(false);
    expect(account.metadata.annotations).toEqual({ 'example.org/role': 'raptscallions' });
    expect(podOf(api('full.yaml')).serviceAccountName).toBe('rapt-raptscallions');
    expect(podOf(api('sealed.yaml')).serviceAccountName).toBe('default');
  });

  it('has the requested name, like everything else', () => {
    for (const { metadata } of manifests('minimal.yaml', 'fullnameOverride=district'))
      expect(metadata.name).toMatch(/^district/);
  });
});
