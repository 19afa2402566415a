import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cluster, type HubPart, sharedParts, startCluster, startHub } from '@mooring/test-parts';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { EventCollector } from './support/event-collector.js';
import { call } from './support/https.js';
import { recordOfDevice } from './support/kafka-record.js';
import { createDevice, openRegistry } from './support/registry.js';
import { TraceCollector } from './support/trace-collector.js';

const READY_TIMEOUT_MS = 180_000;
const SENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const traced = (endpoint: string) => ({ MOORING_OTLP_ENDPOINT: endpoint, MOORING_TRACE_SAMPLE_RATIO: '1' });

async function send(connectionString: string, properties: Readonly<Record<string, string>> = {}): Promise<void> {
  const client = Client.fromConnectionString(connectionString, Mqtt);
  const message = new Message('hello');
  for (const [name, value] of Object.entries(properties)) {
    message.properties.add(name, value);
  }
  await client.open();
  await client.sendEvent(message);
  await client.close();
}

/** Registers a device, sends a message of it, and reads that at the built-in endpoint. */
async function sendAndReceive(hub: HubPart, deviceId: string, properties: Readonly<Record<string, string>> = {}) {
  const { connectionString } = await createDevice(openRegistry(hub), hub, deviceId);
  await send(connectionString, properties);
  const events = EventCollector.open(hub);
  try {
    const [event] = await events.ofDevice(deviceId, 1);
    return { annotations: event?.systemProperties ?? {}, properties: event?.properties ?? {} };
  } finally {
    await events.close();
  }
}

describe('a hub that traces', () => {
  let collector: TraceCollector;
  let hub: HubPart;
  beforeAll(async () => {
    collector = await TraceCollector.start();
    hub = await startHub({ environment: traced(collector.endpoint) });
  });
  afterAll(async () => {
    await hub?.close();
    await collector?.close();
  });

  it('has sent, once it is stopped, one trace from the device to the routed message', async () => {
    const { annotations } = await sendAndReceive(hub, 'd1', { traceparent: SENT, tracestate: 'vendor=1' });
    const answer = await call(hub, { method: 'GET', path: '/devices/d1?api-version=2021-04-12' });
    expect(answer.status).toBe(200);
    await hub.stop();
    expect(hub.exitCode).toBe(0);

    const ofTrace = collector.spans.filter(({ traceId }) => traceId === SENT.split('-')[1]);
    expect(ofTrace.map(({ name }) => name)).toEqual(['publish mooring.ingress', 'process mooring.ingress']);
    const [publish, process] = ofTrace;
    expect(publish?.parentSpanId).toBe(SENT.split('-')[2]);
    expect(process?.parentSpanId).toBe(publish?.spanId);
    expect(publish?.resource.get('service.name')).toBe('mooring-hub');
    expect(publish?.resource.get('service.instance.id')).toMatch(/./);
    expect(annotations).toMatchObject({
      traceparent: `00-${publish?.traceId}-${publish?.spanId}-01`,
      tracestate: 'vendor=1',
    });
    expect(collector.spans.map(({ name }) => name)).toContain('GET /devices/:deviceId');
  });
});

describe('a hub whose collector is away', () => {
  it('goes on, and ends in time', async () => {
    const collector = await TraceCollector.start();
    const { endpoint } = collector;
    await collector.close();
    const hub = await startHub({ environment: traced(endpoint) });
    const { annotations } = await sendAndReceive(hub, 'd1');
    expect(annotations['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
    await hub.stop();
    expect(hub.exitCode).toBe(0);
    await hub.close();
  });
});

describe('a hub by default', () => {
  it('writes no trace, and passes on what a device says of its own', async () => {
    const hub = await startHub();
    const { annotations, properties } = await sendAndReceive(hub, 'd1', { traceparent: SENT });
    expect(Object.keys(annotations)).not.toContain('traceparent');
    expect(properties).toMatchObject({ traceparent: SENT });
    await hub.close();
  });
});

describe('a hub of many processes that traces', () => {
  let collector: TraceCollector;
  let cluster: Cluster;
  let connectionString: string;
  beforeAll(async () => {
    collector = await TraceCollector.start();
    cluster = await startCluster({
      stores: sharedParts(),
      edges: 1,
      apis: 1,
      routings: 1,
      environment: traced(collector.endpoint),
    });
    ({ connectionString } = await createDevice(openRegistry(cluster), cluster, 'd1'));
  }, READY_TIMEOUT_MS);
  afterAll(async () => {
    await cluster?.close();
    await collector?.close();
  });

  it('passes the trace of a message on in Kafka, from edge to routing, and leaves it in what is routed', async () => {
    await send(connectionString);
    const event = await recordOfDevice(`${cluster.prefix}.events`, 'd1');
    const ingress = await recordOfDevice(`${cluster.prefix}.ingress`, 'd1', { 'iothub-message-source': 'Telemetry' });
    const traceParent = ingress.headers?.['traceparent']?.toString() ?? '';
    expect(event.headers?.['traceparent']?.toString()).toBe(traceParent);
    const [, traceId = '', spanId] = traceParent.split('-');
    const [publish] = await collector.named(`publish ${cluster.prefix}.ingress`, 1, traceId);
    const [process] = await collector.named(`process ${cluster.prefix}.ingress`, 1, traceId);
    expect(publish?.spanId).toBe(spanId);
    expect(publish?.resource.get('service.name')).toBe('mooring-edge');
    expect(process?.parentSpanId).toBe(spanId);
    expect(process?.resource.get('service.name')).toBe('mooring-routing');
  });

  it('passes the trace of a request on by gRPC', async () => {
    await openRegistry(cluster).get('d1');
    const [request] = await collector.named('GET /devices/:deviceId', 1);
    const calls = await collector.named('mooring.identity.v1.IdentityService/GetIdentity', 2, request?.traceId);
    const client = calls.find((span) => span.parentSpanId === request?.spanId);
    const server = calls.find((span) => span.parentSpanId === client?.spanId);
    expect(client?.resource.get('service.name')).toBe('mooring-api');
    expect(server?.resource.get('service.name')).toBe('mooring-identity');
  });
});
