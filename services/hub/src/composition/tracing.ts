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
  const isWhole = services.size === SERVICE_NAMES.length;
  return await startTracing({
    endpoint: otlpEndpoint,
    ratio: traceSampleRatio,
    service: `mooring-${isWhole ? 'hub' : [...services].join('-')}`,
    instance: edgeId ?? `${hostname()}-${process.pid}`,
    ...runtime,
  });
}
