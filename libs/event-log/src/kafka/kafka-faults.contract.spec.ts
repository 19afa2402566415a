import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type KafkaNode, type KafkaPart, startKafka } from '@mooring/test-parts';
import { eventually, newTopic, readAll } from '../contract/support.js';
import { KafkaEventLog } from './kafka-event-log.js';
import { TestDevices } from './test-devices.js';

const PARTITIONS = 4;
/** So that a broken attempt is noticed and repeated within a test's patience. */
const SEND_TIMEOUT_MS = 1_500;
const LIMITS = { records: 500, bytes: 1024 * 1024 };

describe('KafkaEventLog on one broker', () => {
  let part: KafkaPart;
  let node: KafkaNode;
  let log: KafkaEventLog;
  let topic: string;

  beforeAll(async () => {
    part = await startKafka({ proxied: true });
    node = part.nodes[0] as KafkaNode;
    log = new KafkaEventLog({
      brokers: part.proxiedBrokers,
      sendTimeoutMs: SEND_TIMEOUT_MS,
      requestTimeoutMs: SEND_TIMEOUT_MS,
      laneLimits: LIMITS,
      appenderLimits: LIMITS,
    });
  }, 120_000);

  afterAll(async () => {
    await log.close();
    await part.close();
  });

  /** What the devices were told is in the log, each device's messages in the order in which they first occur. */
  async function check(devices: TestDevices): Promise<void> {
    devices.stop();
    await eventually(() => log.appender(topic).outstanding.records === 0, 'all to be acknowledged');
    devices.check(await readAll(log, topic));
  }

  it('loses and reorders nothing while produce responses are swallowed and batches of equal size wait', async () => {
    topic = await newTopic(log, PARTITIONS);
    const devices = new TestDevices(log.appender(topic));
    for (let round = 0; round < 4; round++) {
      await devices.acknowledgedMore(200);
      node.proxy?.answers('swallow');
      await pause(SEND_TIMEOUT_MS / 2);
      node.proxy?.answers('forward');
      node.proxy?.reset();
    }
    node.proxy?.answers('swallow');
    await eventually(() => (node.proxy?.swallowedBytes ?? 0) > 0, 'a swallowed answer');
    const before = devices.acknowledged;
    await pause(SEND_TIMEOUT_MS * 2);
    expect(devices.acknowledged).toBe(before);
    node.proxy?.answers('forward');
    await devices.acknowledgedMore(200);
    await check(devices);
  }, 90_000);

  it('survives connections that are cut in the middle of an answer', async () => {
    topic = await newTopic(log, PARTITIONS);
    const devices = new TestDevices(log.appender(topic));
    for (let bytes = 1; bytes <= 64; bytes *= 2) {
      await devices.acknowledgedMore(50);
      node.proxy?.cut(bytes);
    }
    await devices.acknowledgedMore(100);
    await check(devices);
  }, 90_000);

  it('waits for a frozen broker with bounded memory, and goes on by itself', async () => {
    topic = await newTopic(log, PARTITIONS);
    const devices = new TestDevices(log.appender(topic));
    await devices.acknowledgedMore(200);
    node.freeze();
    await pause(SEND_TIMEOUT_MS * 3);
    const { records, bytes } = log.appender(topic).outstanding;
    expect(records).toBeLessThanOrEqual(LIMITS.records + devices.count);
    expect(bytes).toBeLessThanOrEqual(LIMITS.bytes * 2);
    expect((await log.deficiencies()).map((one) => one.severity)).toEqual(['unavailable']);
    node.thaw();
    await devices.acknowledgedMore(500);
    await check(devices);
    expect(devices.failures).toBe(0);
  }, 90_000);

  it('closes the origins of what it gives up, and takes what they send again', async () => {
    const impatient = new KafkaEventLog({
      brokers: part.proxiedBrokers,
      sendTimeoutMs: 500,
      requestTimeoutMs: 500,
      giveUpMs: 1_000,
    });
    topic = await newTopic(impatient, PARTITIONS);
    const devices = new TestDevices(impatient.appender(topic));
    await devices.acknowledgedMore(100);
    node.proxy?.answers('swallow');
    await eventually(() => devices.failures > 0, 'a batch to be given up');
    node.proxy?.answers('forward');
    node.proxy?.reset();
    await devices.acknowledgedMore(200);
    devices.stop();
    await impatient.appender(topic).drained();
    devices.check(await readAll(impatient, topic));
    await impatient.close();
  }, 90_000);

  it('resumes readers, followers and groups after the broker was away', async () => {
    topic = await newTopic(log, PARTITIONS);
    const [followed, consumed] = [new Set<string>(), new Set<string>()];
    const follower = await log.follow(topic, (record) => void followed.add(record.value.toString()));
    const group = await log.consume({ topic, group: topic, from: 'earliest' }, async (records) => {
      for (const record of records) {
        consumed.add(record.value.toString());
      }
    });
    const devices = new TestDevices(log.appender(topic));
    await devices.acknowledgedMore(100);
    await node.kill();
    await node.start();
    await devices.acknowledgedMore(100);
    devices.stop();
    await eventually(() => log.appender(topic).outstanding.records === 0, 'all to be acknowledged');
    const stored = new Set((await readAll(log, topic)).map((record) => record.value.toString()));
    await eventually(() => followed.size === stored.size && consumed.size === stored.size, 'all to be read');
    await Promise.all([follower.close(), group.close()]);
  }, 90_000);
});
