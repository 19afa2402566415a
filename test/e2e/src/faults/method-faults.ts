import { expect, it } from '@jest/globals';
import type { Cluster, ClusterEdge, ClusterProcess } from '@mooring/test-parts';
import type { Registry } from 'azure-iothub';
import { eventually } from '../both-directions/eventually.js';
import { type Answer, call } from '../support/https.js';
import { createDevice } from '../support/registry.js';
import { sampleOf } from './sample.js';
import { TwoWayDevice } from './two-way-device.js';

export interface FaultSubject {
  readonly cluster: Cluster;
  readonly registry: Registry;
  readonly here: ClusterEdge;
  readonly there: ClusterEdge;
}

const CONNECT_SECONDS = 60;
const IN_PROGRESS = 'mooring_methods_calls_in_progress';
const WAITING = 'mooring_edge_method_calls_waiting';

interface MethodOptions {
  readonly connectSeconds?: number;
  readonly responseSeconds?: number;
  readonly signal?: AbortSignal;
}

function invoke(cluster: Cluster, deviceId: string, options: MethodOptions = {}): Promise<Answer> {
  const { connectSeconds = 0, responseSeconds = CONNECT_SECONDS, signal } = options;
  return call(cluster, {
    method: 'POST',
    path: `/twins/${deviceId}/methods?api-version=2021-04-12`,
    body: JSON.stringify({
      methodName: 'm',
      payload: { to: deviceId },
      connectTimeoutInSeconds: connectSeconds,
      responseTimeoutInSeconds: responseSeconds,
    }),
    ...(signal && { signal }),
  });
}

function result({ status, body }: Answer): unknown {
  return { status, body: JSON.parse(body) as unknown };
}

function answered(payload: unknown): unknown {
  return { status: 200, body: { status: 201, payload } };
}

async function sumOf(processes: readonly ClusterProcess[], name: string, labels?: string): Promise<number> {
  const pages = await Promise.all(processes.map((one) => one.metrics()));
  return pages.reduce((sum, page) => sum + sampleOf(page, name, labels), 0);
}

/** What becomes of method calls while devices move between two edges, and edges and callers go away. */
export function methodFaults(subject: () => FaultSubject): void {
  async function connect(edge: ClusterEdge, deviceId: string, key: string): Promise<TwoWayDevice> {
    return TwoWayDevice.connect(subject().cluster, { deviceId, key, address: edge.address });
  }
  const untilInProgress = (count: number) =>
    eventually(`${count} calls in progress`, async () => (await sumOf(subject().cluster.apis, IN_PROGRESS)) === count);

  it('reach a device on one edge through any api', async () => {
    const { cluster, registry, here } = subject();
    const { key } = await createDevice(registry, cluster, 'any-api');
    const device = await connect(here, 'any-api', key);
    await device.subscribe();
    const served = (api: ClusterProcess) => sumOf([api], 'mooring_methods_calls_total', 'outcome="ok"');
    const before = await Promise.all(cluster.apis.map(served));
    // Each request is a connection of its own, led to the apis in turn.
    for (const _ of cluster.apis) {
      const answer = invoke(cluster, 'any-api');
      const given = await device.nextCall();
      expect(JSON.parse(given.payload)).toEqual({ to: 'any-api' });
      device.answer(given, 201, 'done');
      expect(result(await answer)).toEqual(answered('done'));
    }
    const after = await Promise.all(cluster.apis.map(served));
    expect(after).toEqual(before.map((count) => count + 1));
    device.close();
  });

  it('wait for a device that moves to the other edge before it can take them', async () => {
    const { cluster, registry, here, there } = subject();
    const deviceId = 'moves-before';
    const { key } = await createDevice(registry, cluster, deviceId);
    const first = await connect(here, deviceId, key);
    const answer = invoke(cluster, deviceId, { connectSeconds: CONNECT_SECONDS });
    await untilInProgress(1);
    const second = await connect(there, deviceId, key);
    await first.untilClosed();
    await second.subscribe();
    second.answer(await second.nextCall(), 201, 'from there');
    expect(result(await answer)).toEqual(answered('from there'));
    expect(first.calls).toEqual([]);
    second.close();
  });

  it('are answered by a device that moves to the other edge with them', async () => {
    const { cluster, registry, here, there } = subject();
    const deviceId = 'moves-with';
    const { key } = await createDevice(registry, cluster, deviceId);
    const first = await connect(here, deviceId, key);
    await first.subscribe();
    const answer = invoke(cluster, deviceId);
    const given = await first.nextCall();
    const forwarded = () => sumOf([there], 'mooring_edge_method_replies_total', 'outcome="forwarded"');
    const before = await forwarded();
    const second = await connect(there, deviceId, key);
    await first.untilClosed();
    second.answer(given, 201, 'from there');
    expect(result(await answer)).toEqual(answered('from there'));
    expect(await forwarded()).toBe(before + 1);
    expect(second.calls).toEqual([]);
    second.close();
  });

  it('are dropped when their callers go away', async () => {
    const { cluster, registry, here } = subject();
    await registry.addDevices([{ deviceId: 'left-offline' }]);
    const { key } = await createDevice(registry, cluster, 'left-silent');
    const device = await connect(here, 'left-silent', key);
    await device.subscribe();
    const callers = [new AbortController(), new AbortController()] as const;
    const options = { connectSeconds: 300, responseSeconds: 300 };
    const answers = Promise.allSettled([
      invoke(cluster, 'left-offline', { ...options, signal: callers[0].signal }),
      invoke(cluster, 'left-silent', { ...options, signal: callers[1].signal }),
    ]);
    const late = await device.nextCall();
    await untilInProgress(2);
    expect(await sumOf(cluster.edges, WAITING)).toBe(1);
    for (const caller of callers) {
      caller.abort();
    }
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await untilInProgress(0);
    await eventually('no call at an edge', async () => (await sumOf(cluster.edges, WAITING)) === 0);
    expect(await sumOf(cluster.apis, 'mooring_methods_calls_total', 'outcome="cancelled"')).toBe(2);
    // Nobody waits for it any more, and nobody is harmed by it.
    device.answer(late, 200, 'too late');
    const next = invoke(cluster, 'left-silent');
    device.answer(await device.nextCall(), 201, 'in time');
    expect(result(await next)).toEqual(answered('in time'));
    device.close();
  });

  it('fail soon when the edge is killed, and succeed again once the device is on the other', async () => {
    const { cluster, registry, here, there } = subject();
    const deviceId = 'edge-killed';
    const { key } = await createDevice(registry, cluster, deviceId);
    const first = await connect(here, deviceId, key);
    await first.subscribe();
    const lost = invoke(cluster, deviceId, { responseSeconds: 300 });
    await first.nextCall();
    await here.kill();
    try {
      const { status, body } = await lost;
      expect(`${status} ${body}`).toMatch(/^(404 .*404104|504 .*504101)/);
      const next = invoke(cluster, deviceId, { connectSeconds: CONNECT_SECONDS });
      const second = await connect(there, deviceId, key);
      expect(second.resumed).toBe(true);
      second.answer(await second.nextCall(), 201, 'again');
      expect(result(await next)).toEqual(answered('again'));
      second.close();
    } finally {
      await here.start();
    }
  });
}
