import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cluster, sharedParts, startCluster } from '@mooring/test-parts';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { documentedMetrics, type Metric, servedMetrics } from './support/metrics-page.js';
import { createDevice, openRegistry } from './support/registry.js';
import { TraceCollector } from './support/trace-collector.js';

const READY_TIMEOUT_MS = 180_000;
const DEVICE_ID = 'd-in-no-label';
const UNITS = ['seconds', 'bytes'];

describe('docs/metrics.md', () => {
  const page = documentedMetrics();
  let collector: TraceCollector;
  let cluster: Cluster;
  let texts: readonly string[];
  let served: readonly Metric[];
  // All services, all stores, calls between processes and traces: there is no metric beyond those of such a hub.
  beforeAll(async () => {
    collector = await TraceCollector.start();
    cluster = await startCluster({
      stores: sharedParts(),
      edges: 1,
      apis: 1,
      routings: 1,
      environment: { MOORING_OTLP_ENDPOINT: collector.endpoint },
    });
    const { connectionString } = await createDevice(openRegistry(cluster), cluster, DEVICE_ID);
    const client = Client.fromConnectionString(connectionString, Mqtt);
    await client.open();
    await client.sendEvent(new Message('hello'));
    await client.close();
    texts = await Promise.all(
      cluster.processes.map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()),
    );
    served = texts.flatMap(servedMetrics);
  }, READY_TIMEOUT_MS);
  afterAll(async () => {
    await cluster?.close();
    await collector?.close();
  });

  const rows = (metrics: Iterable<Metric>) =>
    [...new Set([...metrics].map(({ name, type }) => `${name} (${type})`))].sort();

  it('lists the metrics that there are, by name and type, and no others', () => {
    expect(rows(served)).toEqual(rows(page.values()));
  });

  it('names their labels', () => {
    const unknown = served.flatMap(({ name, labels }) =>
      [...labels].filter((label) => !page.get(name)?.labels.has(label)).map((label) => `${name}: ${label}`),
    );
    expect(unknown).toEqual([]);
  });

  it('gives the unit that a name ends in, and no name breaks the rules', () => {
    expect(page.size).toBeGreaterThan(0);
    for (const { name, type, unit } of page.values()) {
      const [, total] = /^mooring_[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)+?(_total)?$/.exec(name) ?? [
        name,
        'no name of the hub',
      ];
      expect({ name, total }).toEqual({ name, total: type === 'counter' ? '_total' : undefined });
      const last =
        name
          .replace(/_total$/, '')
          .split('_')
          .at(-1) ?? '';
      expect({ name, unit }).toEqual({ name, unit: UNITS.includes(last) ? last : '' });
    }
  });

  it('promises that no device id is a label', () => {
    expect(texts.join('')).not.toContain(DEVICE_ID);
  });
});
