import {
  attach,
  BEGIN,
  begin,
  binary,
  described,
  FALSE,
  frame,
  frameAround,
  HEADER,
  list,
  NULL,
  nulls,
  OPEN,
  PERFORMATIVE,
  symbol,
  TRUE,
  text,
  transfer,
  uint,
  ushort,
} from '@mooring/test-wire/amqp';
import { UNTIL_CREDIT } from '../../wire/amqp-exchange.js';

const OPENED = [HEADER.amqp, OPEN];
const BEGUN = [...OPENED, BEGIN];
const { begin: BEGIN_CODE, disposition, end, flow, open, saslInit } = PERFORMATIVE;
const MANY = 4_294_967_295;

const ATTACHED = [...BEGUN, attach(), UNTIL_CREDIT];

type Attack = readonly [what: string, frames: readonly Buffer[]];
const bytes = (hex: string) => Buffer.from(hex, 'hex');
const nested = (depth: number): Buffer => (depth === 0 ? list([]) : list([nested(depth - 1)]));
const performative = (value: Buffer) => frameAround(described(BEGIN_CODE, value));
const plain = (user: string, password: string) =>
  frame(saslInit, [symbol('PLAIN'), binary(Buffer.from(`\0${user}\0${password}`))], { type: 1 });

/** What closes a connection at once. */
export const ATTACKS: readonly Attack[] = [
  ['an HTTP request', [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')]],
  ['a CONNECT of MQTT', [bytes('100c00044d51545404020000')]],
  ['another version of AMQP', [Buffer.from('AMQP\0\0\x09\x01', 'latin1')]],
  ['the header for TLS', [Buffer.from('AMQP\x02\x01\0\0', 'latin1')]],
  ['a frame of 4 GB', [HEADER.amqp, bytes('ffffffff02000000')]],
  ['a frame smaller than its header', [HEADER.amqp, bytes('0000000702000000')]],
  ['a data offset within the header', [HEADER.amqp, bytes('0000000801000000')]],
  ['a data offset beyond the frame', [HEADER.amqp, bytes('00000008ff000000')]],
  ['a frame of an unknown type', [HEADER.amqp, frameAround(Buffer.alloc(0), { type: 9 })]],
  ['a SASL frame where AMQP is spoken', [HEADER.amqp, plain('a', 'b')]],
  ['an AMQP frame where SASL is spoken', [HEADER.sasl, OPEN]],
  ['a SASL frame of 4 GB', [HEADER.sasl, bytes('ffffffff02010000')]],
  ['a SASL frame above its limit', [HEADER.sasl, plain('a', 'b'.repeat(20_000))]],
  ['a mechanism that there is none of', [HEADER.sasl, frame(saslInit, [symbol('GSSAPI')], { type: 1 })]],
  [
    'a mechanism named like what every object has',
    [HEADER.sasl, frame(saslInit, [symbol('constructor')], { type: 1 })],
  ],
  ['PLAIN without a password', [HEADER.sasl, frame(saslInit, [symbol('PLAIN'), NULL], { type: 1 })]],
  ['PLAIN with a password that is none', [HEADER.sasl, plain('iothubowner@sas.root.hub', 'secret')]],
  ['SASL twice', [HEADER.sasl, frame(saslInit, [symbol('ANONYMOUS')], { type: 1 }), HEADER.sasl]],
  ['array32 of four billion nulls', [...OPENED, performative(nulls(MANY))]],
  ['array32 of four billion nulls as a field', [...OPENED, performative(list([nulls(MANY)]))]],
  ['a list32 with a count of 30 million', [...OPENED, performative(list([], 30_000_000))]],
  ['a nested list32 with a count of 30 million', [...OPENED, performative(list([list([], 30_000_000)]))]],
  ['lists nested 1,000 deep', [...OPENED, performative(nested(1_000))]],
  ['a text longer than its frame', [...OPENED, performative(list([bytes('b1ffffffff')]))]],
  ['a value of an unknown type', [...OPENED, performative(list([bytes('3f')]))]],
  ['a frame without a performative', [...OPENED, frameAround(NULL)]],
  ['a performative that there is none of', [...OPENED, frame(0x30, [])]],
  ['a field of another type', [...OPENED, frame(BEGIN_CODE, [NULL, text('x'), uint(1), uint(1)])]],
  ['a field that is missing', [...OPENED, frame(BEGIN_CODE, [NULL, uint(1)])]],
  ['more fields than there are', [...OPENED, frame(end, [NULL, NULL])]],
  ['an open with max-frame-size 20', [HEADER.amqp, frame(open, [text('c'), text('h'), uint(20)])]],
  ['an open with max-frame-size 0', [HEADER.amqp, frame(open, [text('c'), text('h'), uint(0)])]],
  ['begin before open', [HEADER.amqp, BEGIN]],
  ['open twice', [...OPENED, OPEN]],
  ['65,000 begins', [...OPENED, ...Array.from({ length: 65_000 }, (_, channel) => begin(channel))]],
  ['a session begun twice', [...BEGUN, BEGIN]],
  [
    'an answer to a session that the hub has not begun',
    [...OPENED, frame(BEGIN_CODE, [ushort(1), uint(0), uint(1), uint(1)])],
  ],
  ['an attach without a session', [...OPENED, attach()]],
  [
    '20,000 attaches',
    [...BEGUN, ...Array.from({ length: 20_000 }, (_, n) => attach({ name: `${n}`, handle: n % 4_096 }))],
  ],
  ['a handle beyond those there may be', [...BEGUN, attach({ handle: MANY })]],
  ['a handle that is in use', [...BEGUN, attach(), attach({ name: 'other' })]],
  ['a link name that is in use', [...BEGUN, attach(), attach({ handle: 1 })]],
  ['a link name of 10 KB', [...BEGUN, attach({ name: 'n'.repeat(10_000) })]],
  ...['__proto__', 'constructor', 'toString'].map(
    (name): Attack => [`a link named ${name}`, [...BEGUN, attach({ name })]],
  ),
  ['a coordinator of transactions', [...BEGUN, attach({ target: described(0x30, list([])) })]],
  ['a transfer without a link', [...BEGUN, transfer({ id: 0 })]],
  ['a transfer without delivery-id', [...ATTACHED, transfer()]],
  [
    'more transfers than there is credit for',
    [...ATTACHED, ...Array.from({ length: 5_000 }, (_, id) => transfer({ id }))],
  ],
  ['a disposition that ends before it begins', [...BEGUN, frame(disposition, [TRUE, uint(5), uint(4), TRUE])]],
  ['a detach without a link', [...BEGUN, frame(PERFORMATIVE.detach, [uint(7), TRUE])]],
];

/** What is odd, and must do no harm: at most its link is closed, and the connection is answered afterwards. */
export const ODDITIES: readonly Attack[] = [
  [
    'endless more=true',
    [...ATTACHED, ...Array.from({ length: 200 }, () => transfer({ id: 0, more: true, payload: Buffer.alloc(60_000) }))],
  ],
  [
    'a disposition of all deliveries that there can be',
    [...BEGUN, frame(disposition, [TRUE, uint(0), uint(MANY), TRUE])],
  ],
  [
    'an idle-time-out of four billion',
    [HEADER.amqp, frame(open, [text('c'), text('h'), uint(65_536), ushort(1), uint(MANY)])],
  ],
  ['a max-frame-size of four billion', [HEADER.amqp, frame(open, [text('c'), text('h'), uint(MANY)])]],
  [
    'a credit of four billion',
    [
      ...BEGUN,
      attach({ role: 'receiver' }),
      frame(flow, [uint(0), uint(1), uint(0), uint(1), uint(0), uint(0), uint(MANY)]),
    ],
  ],
  ['a request to $cbs that is none', [...ATTACHED, transfer({ id: 0 })]],
  ['a message that is none', [...ATTACHED, transfer({ id: 0, payload: bytes('ffffffffffffffff') })]],
  ['a message of four billion nulls', [...ATTACHED, transfer({ id: 0, payload: described(0x77, nulls(MANY)) })]],
  ['a message of lists nested 1,000 deep', [...ATTACHED, transfer({ id: 0, payload: described(0x77, nested(1_000)) })]],
  [
    'frames after the end of their session',
    [...ATTACHED, frame(end, []), transfer({ id: 0 }), attach({ name: 'late' })],
  ],
  ['a sender and a receiver of one name', [...BEGUN, attach(), attach({ handle: 1, role: 'receiver' })]],
  ['a link of nowhere', [...BEGUN, attach({ address: 'nowhere' })]],
  [
    'the built-in endpoint without a token',
    [...BEGUN, attach({ role: 'receiver', address: 'events/ConsumerGroups/$Default/Partitions/0' })],
  ],
  [
    'a partition that there is none of',
    [...BEGUN, attach({ role: 'receiver', address: 'events/ConsumerGroups/$Default/Partitions/-1' })],
  ],
  ['an address of 60 KB', [...BEGUN, attach({ address: 'a'.repeat(60_000) })]],
  [
    'an aborted transfer',
    [
      ...ATTACHED,
      frame(PERFORMATIVE.transfer, [
        uint(0),
        uint(0),
        binary(Buffer.from([0])),
        uint(0),
        FALSE,
        FALSE,
        NULL,
        NULL,
        FALSE,
        TRUE,
      ]),
    ],
  ],
];
