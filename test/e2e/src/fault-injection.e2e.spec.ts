import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedParts, startCluster, startHub, until } from '@mooring/test-parts';
import { NoRetry } from 'azure-iot-common';
import { Mqtt } from 'azure-iot-device-mqtt';
import { type Subject, subjectOf } from './both-directions/subject.js';
import { FaultedDevice } from './fault-injection/faulted-device.js';
import {
  ALL_BREAKS,
  AMQP_REFUSALS,
  type Breaks,
  HTTP_REFUSALS,
  LISTENERS_BREAKS,
  REFUSALS,
  SOME_BREAKS,
} from './fault-injection/faults.js';
import { EventCollector } from './support/event-collector.js';
import type { RunningHub } from './support/stores.js';

const ON = { MOORING_FAULT_INJECTION: 'true' };
const TIMEOUT_MS = 60_000;

interface Extent {
  readonly breaks: Breaks;
  readonly listeners: Breaks;
  readonly refusals: typeof AMQP_REFUSALS;
}

describe.each<[string, () => Promise<RunningHub>, Extent]>([
  [
    'one process',
    () => startHub({ environment: ON }),
    { breaks: ALL_BREAKS, listeners: LISTENERS_BREAKS, refusals: [...AMQP_REFUSALS, ...HTTP_REFUSALS] },
  ],
  [
    'many processes',
    () => startCluster({ stores: sharedParts(), apis: 1, routings: 1, environment: ON }),
    { breaks: SOME_BREAKS, listeners: LISTENERS_BREAKS.slice(0, 1), refusals: AMQP_REFUSALS.slice(0, 1) },
  ],
])('faults that devices ask for, in %s', (_, start, { breaks, listeners, refusals }) => {
  let subject: Subject;
  let collector: EventCollector;
  beforeAll(async () => {
    subject = subjectOf(await start());
    await subject.service.open();
    collector = EventCollector.open(subject.hub);
  });
  afterAll(async () => {
    await collector?.close();
    await subject?.service.close();
    await subject?.hub.close();
  });

  /** What the built-in endpoint has of a device, up to its last message. */
  async function telemetryOf({ id }: FaultedDevice, last: string): Promise<readonly string[]> {
    const bodies = () =>
      collector.events
        .filter(({ systemProperties: system }) => system?.['iothub-connection-device-id'] === id)
        .filter(({ systemProperties: system }) => system?.['iothub-message-source'] === 'Telemetry')
        .map(({ body }) => String(body));
    await until(() => bodies().includes(last), { what: `${last} of ${id}`, timeoutMs: TIMEOUT_MS });
    return bodies();
  }

  describe.each(breaks)('over %s', (name, transport, types) => {
    const outcomes = atOnce(types, async (type) => {
      const device = await FaultedDevice.open(subject, idOf('break', name, type), transport);
      await device.listen();
      await device.send('before');
      await device.broken({ type });
      await device.send('after');
      await device.close();
      return await telemetryOf(device, 'after');
    });

    it.each(types)(
      '%s is seen by the SDK, and what it sends afterwards is delivered',
      async (type) => {
        expect(await outcomes.get(type)).toEqual(['before', type, 'after']);
      },
      TIMEOUT_MS,
    );
  });

  describe.each(listeners)('over %s', (name, transport, types) => {
    const outcomes = atOnce(types, async (type) => {
      const device = await FaultedDevice.open(subject, idOf('listen', name, type), transport);
      let isSeen = false;
      device.client.on('disconnect', () => {
        isSeen = true;
      });
      await device.listen();
      await device.isReached('first');
      await device.brokenAndBack({ type });
      await device.isReached('again');
      await device.close();
      return isSeen;
    });

    it.each(types)(
      '%s is not noticed by who listens',
      async (type) => {
        expect(await outcomes.get(type)).toBe(false);
      },
      TIMEOUT_MS,
    );
  });

  describe.each(refusals)('over %s', (name, transport, errors) => {
    const outcomes = atOnce(REFUSALS, async (type) => {
      const device = await FaultedDevice.open(subject, idOf('refuse', name, type), transport);
      device.client.setRetryPolicy(new NoRetry());
      let isConnected = true;
      device.client.on('disconnect', () => {
        isConnected = false;
      });
      await device.ask({ type, duration: 1 });
      const error = await device.send('during').catch((thrown: unknown) => thrown);
      while (
        !(await device.send('after').then(
          () => true,
          () => false,
        ))
      ) {
        // It lasts still.
      }
      const wasConnected = isConnected;
      await device.close();
      return { error, wasConnected, bodies: await telemetryOf(device, 'after') };
    });

    it.each(REFUSALS)(
      '%s is an error of each message while it lasts, and ends no connection',
      async (type) => {
        expect(await outcomes.get(type)).toMatchObject({
          error: errors[type],
          wasConnected: true,
          bodies: [type, 'after'],
        });
      },
      TIMEOUT_MS,
    );
  });

  it.each(REFUSALS)(
    '%s ends MQTT connections while it lasts, and the SDK sends again',
    async (type) => {
      const device = await FaultedDevice.open(subject, idOf('refuse', 'MQTT', type), Mqtt);
      await device.ask({ type, duration: 1 });
      await device.send('during');
      await device.close();
      expect(await telemetryOf(device, 'during')).toEqual([type, 'during']);
    },
    TIMEOUT_MS,
  );

  it(
    'waits for as long as it is asked to',
    async () => {
      const device = await FaultedDevice.open(subject, 'delayed', Mqtt);
      const started = Date.now();
      await device.broken({ type: 'KillTcp', delay: 1 });
      expect(Date.now() - started).toBeGreaterThanOrEqual(1_000);
      await device.close();
    },
    TIMEOUT_MS,
  );
});

describe('a hub that is not told to inject faults', () => {
  it(
    'takes what asks for them as any other message',
    async () => {
      const hub = await startHub();
      const subject = subjectOf(hub);
      const collector = EventCollector.open(hub);
      const device = await FaultedDevice.open(subject, 'd', Mqtt);
      let isConnected = true;
      device.client.on('disconnect', () => {
        isConnected = false;
      });
      for (const type of ['InvokeThrottling', 'KillTcp']) {
        await device.ask({ type, duration: 60 });
      }
      await device.send('after');
      expect(isConnected).toBe(true);
      const events = await collector.ofDevice('d', 3);
      expect(events.map(({ properties }) => properties?.['AzIoTHub_FaultOperationType'])).toEqual([
        'InvokeThrottling',
        'KillTcp',
        undefined,
      ]);
      await device.close();
      await collector.close();
      await subject.service.close();
      await hub.close();
    },
    TIMEOUT_MS,
  );
});

/** Runs a scenario of each fault, all at once when the tests of a group begin: none has to do with the others. */
function atOnce<Result>(
  types: readonly string[],
  scenario: (type: string) => Promise<Result>,
): ReadonlyMap<string, Promise<Result>> {
  const outcomes = new Map<string, Promise<Result>>();
  beforeAll(() => {
    for (const type of types) {
      const outcome = scenario(type);
      outcome.catch(() => undefined);
      outcomes.set(type, outcome);
    }
  });
  return outcomes;
}

function idOf(kind: string, transport: string, type: string): string {
  return `${kind}-${transport.replaceAll(' ', '')}-${type}`;
}
