import { PORT, RawConnection } from '@mooring/test-wire';
import {
  attach,
  BEGIN,
  begin,
  described,
  frame,
  HEADER,
  list,
  map,
  NULL,
  OPEN,
  PERFORMATIVE,
  putToken,
  text,
  transfer,
  uint,
} from '@mooring/test-wire/amqp';
import { deviceToken, token } from '../../harness/cast.js';
import { type Attempt, accepted, type Outcome, refused, type Trial } from '../../trials/trial.js';
import { cbsStatus, outcomeOf, refusalIn, sendFrames, UNTIL_CREDIT, untilAnswered } from '../../wire/amqp-exchange.js';

const LARGE = Buffer.alloc(60_000);

/** A connection with a sender and a receiver at `$cbs`. */
export async function atCbs({ stage }: Attempt): Promise<RawConnection> {
  const connection = await RawConnection.secure(stage.target, PORT.amqps);
  const receiver = attach({ name: 'answers', handle: 1, role: 'receiver' });
  const credit = frame(PERFORMATIVE.flow, [uint(0), uint(1_000), uint(0), uint(1_000), uint(1), uint(0), uint(500)]);
  await sendFrames(connection, [HEADER.amqp, OPEN, BEGIN, attach(), receiver, credit, UNTIL_CREDIT]);
  return connection;
}

/** Sends one request to `$cbs`. */
async function request(attempt: Attempt, payload: Buffer): Promise<Outcome> {
  const connection = await atCbs(attempt);
  connection.send(transfer({ id: 0, payload }));
  const answer = await untilAnswered(
    connection,
    (each) => refusalIn(each) !== undefined || cbsStatus(each.text) !== undefined,
  );
  connection.close();
  const how = answer === undefined ? 'closed' : refusalIn(answer);
  return how === undefined ? accepted('CBS 200') : refused(how);
}

/** Puts the attacker's own token, attaches to its telemetry, and goes on from there. */
export async function onTelemetry(attempt: Attempt, frames: readonly Buffer[]): Promise<Outcome> {
  const { deviceId } = attempt.attacker;
  const connection = await atCbs(attempt);
  const payload = putToken(
    `${attempt.stage.cast.host}/devices/${deviceId}`,
    deviceToken(attempt.stage.cast, attempt.attacker),
  );
  connection.send(transfer({ id: 0, payload }));
  await untilAnswered(connection, ({ text: answer }) => cbsStatus(answer) !== undefined);
  const received = connection.received.length;
  connection.send(begin(1), attachTelemetry(deviceId));
  await untilAnswered(
    connection,
    ({ code, text: answer }) => code === PERFORMATIVE.attach && answer.includes('/messages/events'),
  );
  connection.send(...frames, frame(PERFORMATIVE.close, []));
  return outcomeOf((await connection.untilClosed()).subarray(received));
}

function attachTelemetry(deviceId: string): Buffer {
  const bytes = attach({ name: 'telemetry', address: `/devices/${deviceId}/messages/events` });
  bytes.writeUInt16BE(1, 6);
  return bytes;
}

/** A transfer on the telemetry link. */
export function telemetry(
  id: number,
  { more = false, payload = described(0x75, Buffer.from([0xa0, 1, 0x78])) } = {},
): Buffer {
  const bytes = transfer({ id, more, payload });
  bytes.writeUInt16BE(1, 6);
  return bytes;
}

const properties = (...pairs: readonly string[]) => described(0x74, map(pairs.map(text)));
const messageId = described(0x73, list([text('1')]));
const PUT = ['operation', 'put-token', 'type', 'servicebus.windows.net:sastoken', 'name', 'x'];

/** Requests to `$cbs` that are none. */
const BAD_REQUESTS: readonly (readonly [what: string, payload: Buffer])[] = [
  ['no operation', Buffer.concat([messageId, properties(...PUT.slice(2)), described(0x77, text('x'))])],
  [
    'another operation',
    Buffer.concat([messageId, properties('operation', 'delete-token', ...PUT.slice(2)), described(0x77, text('x'))]),
  ],
  ['no type', Buffer.concat([messageId, properties(...PUT.slice(0, 2), ...PUT.slice(4)), described(0x77, text('x'))])],
  [
    'an unknown type',
    Buffer.concat([messageId, properties(...PUT.slice(0, 2), 'type', 'x', 'name', 'x'), described(0x77, text('x'))]),
  ],
  ['no properties', Buffer.concat([messageId, described(0x77, text('x'))])],
  ['no body', Buffer.concat([messageId, properties(...PUT)])],
  [
    'a body that is a map',
    Buffer.concat([messageId, properties(...PUT), described(0x77, map([text('a'), text('b')]))]),
  ],
  ['a body that is null', Buffer.concat([messageId, properties(...PUT), described(0x77, NULL)])],
  ['a token that is none', putToken('x', 'secret')],
  ['an empty token', putToken('x', '')],
  ['a token of 60 KB', putToken('x', 'a'.repeat(60_000))],
  ['an audience of 50 KB', putToken('a'.repeat(50_000), 'SharedAccessSignature sr=x&sig=y&se=1')],
];

/** What is done with credit, deliveries and CBS that no link may do. */
export function abuses(): readonly Trial[] {
  return [
    ...BAD_REQUESTS.map(([what, payload]) => ({
      what: `CBS: ${what}`,
      run: (attempt: Attempt) => request(attempt, payload),
    })),
    {
      what: "CBS: another device's token, signed by its own key",
      right: ['CBS 401'],
      run: (attempt) => {
        const { cast } = attempt.stage;
        const forged = token({ resource: `${cast.host}/devices/victim`, key: attempt.attacker.key });
        cast.secrets.keepSignature(forged);
        return request(attempt, putToken(`${cast.host}/devices/victim`, forged));
      },
    },
    {
      what: 'CBS: 1,500 tokens of one connection',
      run: async (attempt) => {
        const connection = await atCbs(attempt);
        const own = deviceToken(attempt.stage.cast, attempt.attacker);
        const at = (n: number) => putToken(`audience-${n}`, own);
        // More than the link has credit for: the hub may end it for that, or for the tokens.
        connection.send(...Array.from({ length: 1_500 }, (_, n) => transfer({ id: n, payload: at(n) })));
        connection.send(frame(PERFORMATIVE.close, []));
        return outcomeOf(await connection.untilClosed());
      },
    },
    {
      what: 'telemetry: more transfers than there is credit for',
      run: (attempt) =>
        onTelemetry(
          attempt,
          Array.from({ length: 3_000 }, (_, id) => telemetry(id)),
        ),
    },
    {
      what: 'telemetry: a message that never ends',
      run: (attempt) =>
        onTelemetry(
          attempt,
          Array.from({ length: 20 }, () => telemetry(0, { more: true, payload: LARGE })),
        ),
    },
    {
      what: 'telemetry: one delivery begun within another',
      run: (attempt) => onTelemetry(attempt, [telemetry(0, { more: true }), telemetry(1, { more: true })]),
    },
    {
      what: 'telemetry: the id of a delivery that has been',
      run: (attempt) => onTelemetry(attempt, [telemetry(5), telemetry(5), telemetry(4)]),
      right: 'anything',
    },
    {
      what: 'telemetry: messages of random sections',
      run: (attempt) => onTelemetry(attempt, [telemetry(0, { payload: Buffer.alloc(500, 0x53) })]),
      right: 'anything',
    },
  ];
}
