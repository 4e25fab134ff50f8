import { hostname } from 'node:os';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';

export type ServiceName = 'api' | 'worker';

/** How the OTLP headers are written in the environment: `name=value,name=value`, percent-encoded. */
export function parseHeaders(text = ''): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split(/=(.*)/s).map((part) => part.trim()));
  return Object.fromEntries(
    pairs.filter(([name]) => name !== '').map(([name, value = '']) => [name, decodeURIComponent(value)]),
  );
}

/** Where a signal goes: the path is OTLP's own. */
export function otlpUrl(endpoint: string, signal: 'traces' | 'metrics'): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/${signal}`;
}

/** Who sends. */
export function resourceOf(service: ServiceName, name: string | undefined): Resource {
  return resourceFromAttributes({
    'service.name': name ?? `raptscallions-${service}`,
    'service.namespace': 'raptscallions',
    'service.instance.id': `${hostname()}-${process.pid}`,
  });
}
