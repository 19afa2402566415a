import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type KafkaNode, type KafkaPart, startKafka } from '@mooring/test-parts';
import { eventually, newTopic, readAll } from '../contract/support.js';
import { KafkaEventLog } from './kafka-event-log.js';
import { TestDevices } from './test-devices.js';

const PARTITIONS = 6;

describe('KafkaEventLog on three brokers', () => {
  let part: KafkaPart;
  let log: KafkaEventLog;

  beforeAll(async () => {
    part = await startKafka({ nodes: 3 });
    log = new KafkaEventLog({ brokers: part.brokers, sendTimeoutMs: 5_000, requestTimeoutMs: 3_000 });
  }, 120_000);

  afterAll(async () => {
    await log.close();
    await part.close();
  });

  it('creates topics as safe as it promises, and has nothing to complain of', async () => {
    await newTopic(log, PARTITIONS);
    await eventually(async () => (await log.deficiencies()).length === 0, 'no deficiencies');
  });

  it('loses and reorders nothing when the leaders of partitions die, freeze and come back', async () => {
    const topic = await newTopic(log, PARTITIONS);
    const devices = new TestDevices(log.appender(topic));
    const [first, second] = part.nodes as [KafkaNode, KafkaNode, KafkaNode];
    await devices.acknowledgedMore(200);
    await first.kill();
    await everyDeviceGoesOn(devices);
    expect((await log.deficiencies()).map((one) => one.severity)).toContain('weak');
    await first.start();
    await eventually(async () => (await log.deficiencies()).length === 0, 'all replicas to be in sync');
    second.freeze();
    await everyDeviceGoesOn(devices);
    second.thaw();
    await devices.acknowledgedMore(200);
    devices.stop();
    await log.appender(topic).drained();
    devices.check(await readAll(log, topic));
    expect(devices.failures).toBe(0);
  }, 150_000);
});

function everyDeviceGoesOn(devices: TestDevices): Promise<void> {
  const goals = devices.acknowledgedEach.map((count) => count + 20);
  return eventually(
    () => devices.acknowledgedEach.every((count, i) => count >= (goals[i] as number)),
    'all devices to go on',
  );
}
