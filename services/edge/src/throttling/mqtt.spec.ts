import { afterEach, describe, expect, it } from '@jest/globals';
import type { Operation } from '@mooring/operations';
import { FakeTwins } from '../fake-twins.spec-support.js';
import { TELEMETRY, TestEdge, turn, until } from '../test-edge.spec-support.js';

let edge: TestEdge;
let twins: FakeTwins;
const operations: Operation[] = [];
afterEach(() => edge.stop());

async function start(throttling: Record<string, string>): Promise<void> {
  operations.length = 0;
  twins = new FakeTwins();
  twins.put('d1');
  const recorder = { record: (operation: Operation) => void operations.push(operation) };
  edge = await TestEdge.start({ throttling, more: { twinService: twins, operations: recorder } });
}

const bodies = () => edge.ingress.records.map(({ value }) => value.toString());
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

describe('telemetry beyond the limit', () => {
  it('is acknowledged later, in its order, and nothing of it is lost', async () => {
    await start({ THROTTLE_D2C_SENDS_PER_SECOND: '10', THROTTLE_BACKLOG_SECONDS: '60' });
    const client = await edge.connected();
    await edge.pass(90);
    for (const body of numbers(30)) {
      client.publish(TELEMETRY, body, Number(body));
    }
    expect(await client.acknowledgements(10)).toEqual(numbers(10).map(Number));
    await turn();
    expect(bodies()).toEqual(numbers(10));
    await edge.pass(3);
    expect(await client.acknowledgements(20)).toEqual(numbers(30).slice(10).map(Number));
    expect(bodies()).toEqual(numbers(30));
    expect(client.closed).toBe(false);
  });

  it('of one device leaves those that stay within their share alone', async () => {
    await start({ THROTTLE_D2C_SENDS_PER_SECOND: '10', THROTTLE_BACKLOG_SECONDS: '60' });
    const noisy = await edge.connected();
    const honest = await edge.connected({ clientId: 'd2' });
    for (const body of numbers(30)) {
      noisy.publish(TELEMETRY, body, Number(body));
    }
    await noisy.acknowledgements(10);
    await edge.pass(1);
    for (let second = 1; second <= 3; second++) {
      honest.publish('devices/d2/messages/events/', 'honest', second);
      expect(await honest.acknowledgements(1)).toEqual([second]);
      await edge.pass(1);
    }
  });

  it('closes the connection when it has waited for too long, with an operation record', async () => {
    await start({ THROTTLE_D2C_SENDS_PER_SECOND: '2', THROTTLE_BACKLOG_SECONDS: '5' });
    const client = await edge.connected();
    for (const body of numbers(30)) {
      client.publish(TELEMETRY, body, Number(body));
    }
    await edge.pass(8);
    await client.closing();
    expect(bodies().length).toBeLessThanOrEqual(2 + 2 * 6);
    expect(bodies()).toEqual(numbers(bodies().length));
    expect(operations.at(-1)).toMatchObject({
      operationName: 'deviceDisconnect',
      level: 'Error',
      deviceId: 'd1',
      resultType: '429001',
      resultDescription: 'throttled',
    });
    expect(await edge.metric('mooring_throttling_operations_total{limit="d2c-sends",outcome="refused"}')).toMatch(
      / 1$/,
    );
    await edge.pass(2);
    const again = await edge.connected();
    again.publish(TELEMETRY, 'again', 1);
    expect(await again.acknowledgements(1)).toEqual([1]);
  });

  it('is not stored for a connection that is closed, or fenced, when its turn comes', async () => {
    await start({ THROTTLE_D2C_SENDS_PER_SECOND: '2', THROTTLE_BACKLOG_SECONDS: '60' });
    const client = await edge.connected();
    for (const body of numbers(4)) {
      client.publish(TELEMETRY, body, Number(body));
    }
    await client.acknowledgements(2);
    client.vanish();
    await turn();
    await edge.pass(5);
    expect(bodies()).toEqual(numbers(2));
  });
});

describe('a device that waits for its acknowledgements', () => {
  it('is slowed down, and never closed', async () => {
    await start({ THROTTLE_D2C_SENDS_PER_SECOND: '2', THROTTLE_BACKLOG_SECONDS: '3' });
    const client = await edge.connected();
    for (let id = 1; id <= 30; id++) {
      client.publish(TELEMETRY, String(id), id);
      const acknowledged = client.acknowledgements(1);
      let isAcknowledged = false;
      void acknowledged.then(() => {
        isAcknowledged = true;
      });
      while (!isAcknowledged) {
        edge.clock.advance(100);
        edge.eventLog.beat();
        await turn();
      }
      expect(await acknowledged).toEqual([id]);
    }
    expect(edge.clock.monotonic()).toBeGreaterThan(10_000);
    expect(client.closed).toBe(false);
  });
});

describe('connections beyond the limit', () => {
  it('are admitted later, and then refused with CONNACK 3', async () => {
    await start({ THROTTLE_DEVICE_CONNECTIONS_PER_SECOND: '2', THROTTLE_BACKLOG_SECONDS: '3' });
    const answers: (number | undefined)[] = [];
    const names = Array.from({ length: 12 }, (_, index) => ['d1', 'd2', 'd1/m1'][index % 3]);
    for (const clientId of names) {
      void edge
        .open()
        .connect({ clientId: clientId ?? '' })
        .then((answer) => answers.push(answer?.returnCode));
      await turn();
    }
    const atOnce = answers.filter((code) => code === 0).length;
    expect(atOnce).toBeGreaterThanOrEqual(2);
    expect(atOnce).toBeLessThanOrEqual(3);
    await edge.pass(2);
    expect(answers.filter((code) => code === 0).length).toBeGreaterThan(atOnce);
    await edge.pass(4);
    await until(() => answers.length === names.length);
    expect(answers.filter((code) => code === 3).length).toBeGreaterThanOrEqual(names.length - 3 - 2 * 4);
    expect(operations.filter(({ resultDescription }) => resultDescription === 'throttled')).toMatchObject(
      answers.filter((code) => code === 3).map(() => ({ operationName: 'deviceConnect', resultType: '429001' })),
    );
  });

  it('do not count while they do not prove themselves', async () => {
    await start({ THROTTLE_DEVICE_CONNECTIONS_PER_SECOND: '1', THROTTLE_BACKLOG_SECONDS: '2' });
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await edge.open().connect({ password: 'wrong' })).toMatchObject({ returnCode: 5 });
    }
    await edge.connected();
  });
});

describe('twin operations beyond the limit', () => {
  it('wait, in their order, and are then answered with 429', async () => {
    await start({
      THROTTLE_TWIN_READS_PER_SECOND: '10',
      THROTTLE_TWIN_UPDATES_PER_SECOND: '2',
      THROTTLE_BACKLOG_SECONDS: '2',
    });
    const client = await edge.connected();
    await client.subscribe({ '$iothub/twin/res/#': 0 });
    for (let request = 1; request <= 12; request++) {
      client.publish(`$iothub/twin/PATCH/properties/reported/?$rid=${request}`, `{"n":${request}}`);
    }
    client.publish('$iothub/twin/GET/?$rid=13', '');
    await edge.pass(20);
    const replies: string[] = [];
    while (replies.length < 13) {
      replies.push(((await client.next('publish')) as { topic: string } | undefined)?.topic ?? 'closed');
    }
    const statuses = replies.map((topic) => topic.split('/')[3]);
    expect(statuses.slice(0, 3)).toEqual(['204', '204', '204']);
    expect(statuses.at(-1)).toBe('200');
    expect(replies.map((topic) => Number(/rid=(\d+)/.exec(topic)?.[1]))).toEqual(numbers(13).map(Number));
  });

  it('are left out when their connection ends meanwhile, so that they undo nothing of a newer one', async () => {
    await start({ THROTTLE_TWIN_UPDATES_PER_SECOND: '2', THROTTLE_BACKLOG_SECONDS: '60' });
    const client = await edge.connected();
    await client.subscribe({ '$iothub/twin/res/#': 0 });
    for (let request = 1; request <= 8; request++) {
      client.publish(`$iothub/twin/PATCH/properties/reported/?$rid=${request}`, `{"n":${request}}`);
    }
    for (let request = 1; request <= 2; request++) {
      await client.next('publish');
    }
    client.vanish();
    await turn();
    const newer = await edge.connected();
    await newer.subscribe({ '$iothub/twin/res/#': 0 });
    newer.publish('$iothub/twin/PATCH/properties/reported/?$rid=9', '{"n":9}');
    await edge.pass(30);
    await newer.next('publish');
    expect(twins.patches.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(twins.twins.get('d1')?.reported).toEqual({ n: 9 });
  });
});
