import { until } from '@mooring/test-parts';
import { PORT, RawConnection, upgrade, webSocketFrame } from '@mooring/test-wire';
import { attach, BEGIN, FALSE, frame, HEADER, NULL, OPEN, PERFORMATIVE, TRUE, uint } from '@mooring/test-wire/amqp';
import { publishPacket, subscribePacket } from '@mooring/test-wire/mqtt';
import { policyToken } from '../../harness/cast.js';
import { type Attempt, type Outcome, refused, type Trial } from '../../trials/trial.js';
import { AmqpIntruder } from '../../wire/amqp-login.js';
import { requestBytes } from '../../wire/http-exchange.js';
import { admitted, ownConnect } from '../../wire/mqtt-exchange.js';

/** More than the buffers of the operating system take for both sides. */
const STUCK_BYTES = 8 * 1024 * 1024;

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
    run: async ({ stage: { target, cast } }) => {
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

/** Endless credit on every partition, and nothing read. */
async function readsNoEvents(attempt: Attempt): Promise<Outcome> {
  const { cast, target } = attempt.stage;
  const intruder = await AmqpIntruder.anonymous(attempt);
  await intruder.put(cast.host, policyToken(cast, 'service'));
  intruder.pause();
  for (let partition = 0; partition < 12; partition++) {
    intruder.readEndlessly(`events/ConsumerGroups/$Default/Partitions/${partition}`);
  }
  let before = -1;
  const standsStill = async (): Promise<boolean> => {
    const sent = Number(/^mooring_api_events_sent_bytes_total (\d+)$/m.exec(await target.metrics())?.[1] ?? 0);
    const stands = sent === before;
    before = sent;
    return stands;
  };
  await until(standsStill, { what: 'the hub to send no more', timeoutMs: 20_000, everyMs: 300 });
  intruder.close();
  return refused('not sent any more');
}
