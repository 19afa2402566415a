import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import { createMetrics } from '@mooring/observability';
import { edge } from '@mooring/proto';
import { rpcClient } from '@mooring/rpc';
import { answer, Bench, FakeEdge, KEY, turn } from './direct-methods.spec-support.js';

const CALL = { key: KEY, methodName: 'reboot' };
const { NOT_CONNECTED, NOT_SUBSCRIBED } = edge.Delivery;
const away = (delivery: edge.Delivery) => async () => answer({ delivery });
const never = () => new Promise<never>(() => undefined);

/** An edge's process that has gone. */
function unreachable(): edge.DeliveryService {
  const client = rpcClient(edge.DeliveryServiceService, {
    addresses: ['127.0.0.1:9'],
    tls: 'insecure',
    clock: new ManualClock(),
    metrics: createMetrics(),
  });
  client.close();
  return client.service;
}

describe('a method call', () => {
  it('gives what the device answers, without a question to the directory', async () => {
    const bench = new Bench();
    const holder = new FakeEdge(async () => answer({ status: 299, payload: Buffer.from('{"b": 1.0}') }));
    bench.holders.set('d', [holder]);
    const reply = await bench.methods.invoke({ ...CALL, payload: '{"a":  1e2}', responseTimeoutMs: 45_000 });
    expect(reply).toEqual({ status: 299, payload: '{"b": 1.0}' });
    const [asked] = holder.asked;
    expect(asked).toMatchObject({ key: KEY, methodName: 'reboot', responseTimeoutMs: 45_000 });
    expect(Buffer.from(asked?.payload ?? []).toString()).toBe('{"a":  1e2}');
    expect(bench.described).toEqual([]);
    expect(bench.records).toEqual([
      {
        category: 'DirectMethods',
        operationName: 'invokeMethod',
        level: 'Information',
        deviceId: 'd',
        durationMs: 0,
        properties: { methodName: 'reboot', status: '299' },
      },
    ]);
    expect(await bench.metrics.metrics()).toContain('mooring_methods_calls_total{outcome="ok"} 1');
  });

  it('has a null payload and 30 s where it leaves them out, and null where the device answers nothing', async () => {
    const bench = new Bench();
    const holder = new FakeEdge(async () => answer());
    bench.holders.set('d', [holder]);
    expect(await bench.methods.invoke(CALL)).toEqual({ status: 200, payload: 'null' });
    await bench.methods.invoke(CALL);
    expect(holder.asked.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['null', 'null']);
    expect(holder.asked[0]?.responseTimeoutMs).toBe(30_000);
    expect(holder.asked[0]?.callId).not.toBe(holder.asked[1]?.callId);
  });

  it.each([
    ['an unknown device', { deviceId: 'x', moduleId: '' }, 404001],
    ['a module of an unknown device', { deviceId: 'x', moduleId: 'm' }, 404001],
    ['an unknown module', { deviceId: 'd', moduleId: 'm' }, 404010],
    ['a device that is not connected', KEY, 404103],
  ])('fails for %s', async (_case, key, code) => {
    const bench = new Bench();
    await expect(bench.methods.invoke({ ...CALL, key })).rejects.toMatchObject({ code });
    expect(bench.records).toEqual([
      expect.objectContaining({ level: 'Error', deviceId: key.deviceId, resultType: String(code) }),
    ]);
  });

  it.each([
    ['the device does not answer in time', async () => answer({ timedOut: true }), 504101],
    ['the edge does not answer at all', never, 504101],
    ['the answer is not JSON', async () => answer({ payload: Buffer.from('{') }), 502000],
    ['the answer is not UTF-8', async () => answer({ payload: Buffer.from([0x22, 0xff, 0x22]) }), 502000],
    ['the answer is too large', async () => answer({ payload: Buffer.alloc(128 * 1024 + 1, '1') }), 413001],
    ['its edge goes away', () => Promise.reject(new HubError('ServiceUnavailable', 'gone')), 404104],
    ['its edge fails', () => Promise.reject(new HubError('ServerError', 'failed')), 500001],
  ])('fails, and is not made again, if %s', async (_case, invoke, code) => {
    const bench = new Bench();
    const holder = new FakeEdge(invoke);
    bench.holders.set('d', [holder]);
    const call = bench.methods.invoke({ ...CALL, connectTimeoutMs: 300_000 });
    await expect(bench.settled(call)).rejects.toMatchObject({ code });
    expect(holder.asked).toHaveLength(1);
    expect(holder.cancelled).toEqual(invoke === never ? [holder.asked[0]?.callId] : []);
  });

  it('asks all edges in turn where it is not known which, until one has given it to the device', async () => {
    const bench = new Bench();
    const [first, second, third] = [away(NOT_CONNECTED), async () => answer({ status: 7 }), never].map(
      (invoke) => new FakeEdge(invoke),
    );
    bench.holders.set(
      'd',
      [first, second, third].flatMap((each) => each ?? []),
    );
    expect(await bench.methods.invoke(CALL)).toMatchObject({ status: 7 });
    expect(third?.asked).toEqual([]);
  });
});

describe('a call that waits for its device', () => {
  it('looks again until the connect timeout has passed', async () => {
    const bench = new Bench();
    const call = bench.methods.invoke({ ...CALL, connectTimeoutMs: 10_000 });
    await expect(bench.settled(call)).rejects.toMatchObject({ code: 404103 });
    expect(bench.clock.monotonic()).toBe(10_000);
    expect([bench.looks.length, bench.described.length]).toEqual([51, 1]);
  });

  it('shares its looks with all others', async () => {
    const bench = new Bench();
    const ids = ['d', 'e', 'f'];
    for (const id of ids) {
      bench.devices.add(id);
    }
    const calls = ids.map((deviceId) =>
      bench.methods.invoke({ ...CALL, key: { deviceId, moduleId: '' }, connectTimeoutMs: 1_000 }),
    );
    await bench.settled(Promise.allSettled(calls));
    expect(bench.looks.slice(3)).toEqual(Array.from({ length: 5 }, () => ids));
  });

  it('reaches a device that connects at whatever edge, also when the edge that held it has gone', async () => {
    const bench = new Bench();
    bench.holders.set('d', [unreachable()]);
    const call = bench.methods.invoke({ ...CALL, connectTimeoutMs: 10_000 });
    await turn();
    bench.clock.advance(200);
    await turn();
    bench.holders.set('d', [new FakeEdge(async () => answer({ status: 201 }))]);
    expect(await bench.settled(call)).toMatchObject({ status: 201 });
  });

  it('asks an edge whose device does not listen less and less often, and gives up in time', async () => {
    const bench = new Bench();
    const holder = new FakeEdge(away(NOT_SUBSCRIBED));
    bench.holders.set('d', [holder]);
    const call = bench.methods.invoke({ ...CALL, connectTimeoutMs: 30_000 });
    await expect(bench.settled(call)).rejects.toMatchObject({ code: 404103 });
    expect(bench.clock.monotonic()).toBe(30_000);
    expect(holder.asked.length).toBeGreaterThan(15);
    expect(holder.asked.length).toBeLessThan(30);
  });

  it.each([
    ['the affinity store', (bench: Bench, fails: HubError | undefined) => bench.holders.set('d', fails ?? [])],
    [
      'identity',
      (bench: Bench, fails: HubError | undefined) => {
        bench.directoryFails = fails;
      },
    ],
  ])('goes on while %s is away, and says so if that lasts', async (_part, set) => {
    const bench = new Bench();
    set(bench, new HubError('ServiceUnavailable', 'away'));
    await expect(bench.methods.invoke(CALL)).rejects.toMatchObject({ code: 503001 });
    const lasting = bench.methods.invoke({ ...CALL, connectTimeoutMs: 1_000 });
    await expect(bench.settled(lasting)).rejects.toMatchObject({ code: 503001 });
    const call = bench.methods.invoke({ ...CALL, connectTimeoutMs: 1_000 });
    await turn();
    set(bench, undefined);
    await expect(bench.settled(call)).rejects.toMatchObject({ code: 404103 });
  });
});

describe('limits', () => {
  it('refuse a call where as many are in progress as may, and no longer than they are', async () => {
    const bench = new Bench(1);
    bench.holders.set('d', [new FakeEdge(never)]);
    const first = bench.methods.invoke(CALL);
    await expect(bench.methods.invoke(CALL)).rejects.toMatchObject({ code: 429001 });
    await expect(bench.settled(first)).rejects.toMatchObject({ code: 504101 });
    bench.holders.set('d', [new FakeEdge(async () => answer())]);
    await bench.methods.invoke(CALL);
  });
});

describe('a caller who has gone', () => {
  const GONE = new HubError('InvalidOperation', 'gone');

  it('has the edge forget the call', async () => {
    const bench = new Bench();
    const holder = new FakeEdge(never);
    bench.holders.set('d', [holder]);
    const caller = new AbortController();
    const call = bench.methods.invoke({ ...CALL, signal: caller.signal });
    await turn();
    caller.abort(GONE);
    await expect(call).rejects.toBe(GONE);
    expect(holder.cancelled).toEqual([holder.asked[0]?.callId]);
    expect(bench.records).toEqual([expect.objectContaining({ level: 'Warning' })]);
    const shown = await bench.metrics.metrics();
    expect(shown).toContain('mooring_methods_calls_total{outcome="cancelled"} 1');
    expect(shown).toContain('mooring_methods_calls_in_progress 0');
  });

  it.each([GONE, new HubError('ServiceUnavailable', 'ends'), new Error('ends')])(
    'leaves nothing that waits for the device, whatever the reason: %s',
    async (reason) => {
      const bench = new Bench();
      const caller = new AbortController();
      const call = bench.methods.invoke({ ...CALL, connectTimeoutMs: 300_000, signal: caller.signal });
      await turn();
      caller.abort(reason);
      await expect(call).rejects.toBe(reason);
      bench.clock.advance(200);
      await turn();
      bench.clock.advance(200);
      await turn();
      expect(bench.looks).toEqual([['d']]);
      await expect(bench.methods.invoke({ ...CALL, signal: AbortSignal.abort(reason) })).rejects.toMatchObject({
        code: 404103,
      });
    },
  );
});
