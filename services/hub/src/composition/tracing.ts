import { hostname } from 'node:os';
import type { Settings } from '@mooring/config';
import { startTracing, type Tracing } from '@mooring/observability';
import type { Runtime } from './runtime.js';
import { SERVICE_NAMES, type Services } from './service-name.js';

/** Traces, where a collector is named. */
export async function openTracing(
  settings: Settings,
  services: Services,
  runtime: Omit<Runtime, 'tracing'>,
): Promise<Tracing | undefined> {
  const { otlpEndpoint, traceSampleRatio, edgeId } = settings;
  if (otlpEndpoint === undefined) {
    return undefined;
  }
  return await startTracing({
    endpoint: otlpEndpoint,
    ratio: traceSampleRatio,
    service: `mooring-${processKind(services)}`,
    instance: edgeId ?? `${hostname()}-${process.pid}`,
    ...runtime,
  });
}

/** `hub` for all services; an edge that serves back ends too is an edge all the same. */
function processKind(services: Services): string {
  if (services.size === SERVICE_NAMES.length) {
    return 'hub';
  }
  return [...services].filter((service) => service !== 'api' || !services.has('edge')).join('-');
}
