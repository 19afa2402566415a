import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Fleet } from '@mooring/test-fleet';
import { type HubPart, type KafkaPart, startHub, startKafka, until } from '@mooring/test-parts';
import { residentKiB } from './support/resident.js';

const OUTAGE_MS = 20_000;
const DEVICES = 20;
const MESSAGES = 2_000;
/** What the hub may grow by while Kafka is away: its devices are not read, so nothing gathers. */
const GROWTH_LIMIT_KIB = 150 * 1024;

describe('an outage of Kafka', () => {
  let kafka: KafkaPart;
  let hub: HubPart;
  let fleet: Fleet;
  beforeAll(async () => {
    kafka = await startKafka();
    hub = await startHub({
      environment: { MOORING_KAFKA_BROKERS: kafka.brokers.join(','), MOORING_LOG_LEVEL: 'warn' },
    });
    fleet = await Fleet.start(hub, DEVICES);
  }, 120_000);
  afterAll(async () => {
    await fleet?.close();
    await hub?.close();
    await kafka?.close();
  });

  it(`of ${OUTAGE_MS / 1000} s under load loses and reorders nothing that was acknowledged, and memory stays flat`, async () => {
    await fleet.progress(MESSAGES);
    const residentBefore = residentKiB(hub);
    const [node] = kafka.nodes;
    await node?.kill();
    const acknowledged = await standstill(fleet);
    await until(async () => (await fetch(`${hub.adminUrl}/health/ready`)).status === 503, {
      what: 'readiness to tell of it',
      timeoutMs: 30_000,
    });
    await pause(OUTAGE_MS);
    expect(fleet.acknowledged).toBe(acknowledged);
    expect(residentKiB(hub) - residentBefore).toBeLessThan(GROWTH_LIMIT_KIB);
    await node?.start();
    await fleet.progress(MESSAGES);
    expect(await fleet.settle()).toMatchObject({ lost: [], outOfOrder: [] });
  }, 240_000);
});

/** Waits until acknowledgements that were on their way have arrived. @returns how many there are */
async function standstill(fleet: Fleet): Promise<number> {
  let last = -1;
  await until(
    () => {
      const still = fleet.acknowledged === last;
      last = fleet.acknowledged;
      return still;
    },
    { what: 'acknowledgements to stop', timeoutMs: 30_000, everyMs: 1_000 },
  );
  return last;
}
