import { createSasToken, sasKeyFromText } from '@mooring/credentials';
import { until } from '@mooring/test-parts';
import { PORT, RawConnection, upgrade, webSocketFrame } from '@mooring/test-wire';
import { attach, BEGIN, FALSE, frame, HEADER, NULL, OPEN, PERFORMATIVE, TRUE, uint } from '@mooring/test-wire/amqp';
import { publishPacket, subscribePacket } from '@mooring/test-wire/mqtt';
import { policyToken } from '../../harness/cast.js';
import type { Target } from '../../stage.js';
import { type Attempt, accepted, atService, type Outcome, refused, type Trial } from '../../trials/trial.js';
import { AmqpIntruder } from '../../wire/amqp-login.js';
import { requestBytes } from '../../wire/http-exchange.js';
import { admitted, ownConnect } from '../../wire/mqtt-exchange.js';

/** More than the buffers of the operating system take for both sides. */
const STUCK_BYTES = 8 * 1024 * 1024;
const PARTITIONS = 12;
/** As much as the hub would never keep for one reader. */
const LARGE_MESSAGES = 100;
const LARGE_BYTES = 200_000;
const PUBACK_BYTES = 4;
const TOKEN_SECONDS = 600;

/** Asks for one thing after the other and reads nothing: the hub reads no more either, or closes. */
async function askWithoutReading(connection: RawConnection, asked: Buffer): Promise<Outcome> {
  connection.socket.pause();
  await until(
    () => {
      connection.send(asked);
      return connection.closed || connection.socket.writableLength > STUCK_BYTES;
    },
    { what: 'the hub to read no more', timeoutMs: 20_000, everyMs: 5 },
  );
  const how = connection.closed ? 'closed' : 'not read any more';
  connection.close();
  return refused(how);
}

const twins = Buffer.concat(
  Array.from({ length: 500 }, () => publishPacket({ topic: '$iothub/twin/GET/?$rid=1', payload: Buffer.alloc(0) })),
);
/** A flow that asks for the hub's own: each is answered with as many bytes as it takes to ask. */
const flows = Buffer.concat(
  Array.from({ length: 2_000 }, () =>
    frame(PERFORMATIVE.flow, [uint(0), uint(1_000), uint(0), uint(1_000), NULL, NULL, NULL, NULL, FALSE, TRUE]),
  ),
);

export const NEVER_READ: readonly Trial[] = [
  {
    what: 'a client over MQTT that asks for its twin and never reads',
    run: async (attempt) => {
      const connection = await admitted(attempt);
      connection.send(subscribePacket([['$iothub/twin/res/#', 1]]));
      return askWithoutReading(connection, twins);
    },
  },
  {
    what: 'a client over a WebSocket that pings and never reads',
    run: async (attempt) => {
      const connection = await RawConnection.secure(attempt.stage.target, PORT.https);
      connection.send(upgrade());
      await connection.untilReceivedText('\r\n\r\n');
      connection.send(webSocketFrame(0x82, ownConnect(attempt)));
      const pings = Buffer.concat(Array.from({ length: 1_000 }, () => webSocketFrame(0x89, Buffer.alloc(125))));
      return askWithoutReading(connection, pings);
    },
  },
  {
    what: 'a client over AMQP that asks for flows and never reads',
    run: async (attempt) => {
      const connection = await RawConnection.secure(attempt.stage.target, PORT.amqps);
      connection.send(HEADER.amqp, OPEN, BEGIN, attach());
      await connection.untilReceived(HEADER.amqp.length + 100);
      return askWithoutReading(connection, flows);
    },
  },
  {
    what: 'a client over HTTPS that asks for all devices and never reads',
    run: async (attempt) => {
      const { target, cast } = atService(attempt).stage;
      const connection = await RawConnection.secure(target, PORT.https);
      const headers = [
        ['Authorization', policyToken(cast, 'registryRead')],
        ['Connection', 'keep-alive'],
      ] as const;
      const request = requestBytes(cast.host, { method: 'GET', path: '/devices?api-version=2021-04-12', headers });
      return askWithoutReading(connection, Buffer.concat(Array.from({ length: 200 }, () => request)));
    },
  },
  { what: 'a reader of all events that takes none', run: readsNoEvents },
];

/** Endless credit on every partition, and nothing read: the hub keeps what it cannot send, and sends it once it can. */
async function readsNoEvents(attempt: Attempt): Promise<Outcome> {
  await sendLargeMessages(attempt);
  const there = atService(attempt);
  const { cast, target } = there.stage;
  const intruder = await AmqpIntruder.anonymous(there);
  const audience = `sb://${cast.host}/events`;
  // Clients of Event Hubs sign with the key's text.
  const key = sasKeyFromText(cast.policyKeys['iothubowner'] ?? '');
  const se = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
  await intruder.put(audience, createSasToken({ resource: audience, key, se, policy: 'iothubowner' }));
  const sentBefore = await eventBytesSent(target);
  intruder.pause();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    intruder.readEndlessly(`events/ConsumerGroups/$Default/Partitions/${partition}`);
  }
  let before = -1;
  const standsStill = async (): Promise<boolean> => {
    const sent = (await eventBytesSent(target)) - sentBefore;
    const stands = sent > 0 && sent === before;
    before = sent;
    return stands;
  };
  await until(standsStill, { what: 'the hub to send no more', timeoutMs: 20_000, everyMs: 300 });
  if (before > LARGE_MESSAGES * LARGE_BYTES) {
    return accepted(`${before} bytes are on their way to who takes none`);
  }
  intruder.resume();
  const rest = async () => (await eventBytesSent(target)) - sentBefore > LARGE_MESSAGES * LARGE_BYTES;
  await until(rest, { what: 'the rest', timeoutMs: 20_000 });
  intruder.close();
  return refused('not sent until taken');
}

async function sendLargeMessages(attempt: Attempt): Promise<void> {
  const connection = await admitted(attempt);
  const before = connection.received.length;
  const topic = `devices/${attempt.attacker.deviceId}/messages/events/`;
  const message = publishPacket({ topic, payload: Buffer.alloc(LARGE_BYTES) });
  connection.send(...Array.from({ length: LARGE_MESSAGES }, () => message));
  await connection.untilReceived(before + LARGE_MESSAGES * PUBACK_BYTES);
  connection.close();
}

async function eventBytesSent(target: Target): Promise<number> {
  const counts = [...(await target.metrics()).matchAll(/^mooring_api_events_sent_bytes_total (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
