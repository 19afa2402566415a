import {
  binary,
  described,
  FALSE,
  list,
  map,
  PERFORMATIVE,
  symbol,
  TRUE,
  text,
  ubyte,
  uint,
  ushort,
} from '@mooring/test-wire/amqp';

/** AMQP 1.0, part 2.7 and 5.3: `symbols` is an array of symbols, `any` any described value. */
export type FieldType =
  | 'boolean'
  | 'ubyte'
  | 'ushort'
  | 'uint'
  | 'ulong'
  | 'string'
  | 'symbol'
  | 'symbols'
  | 'binary'
  | 'map'
  | 'any';

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly mandatory: boolean;
  /** Right in the state in which the performative is sent. */
  readonly value: Buffer;
}

/** How far a conversation must be before a performative is sent. */
export type State = 'header' | 'opened' | 'begun' | 'attached' | 'sasl';

export interface Performative {
  readonly name: string;
  readonly code: number;
  readonly state: State;
  readonly fields: readonly Field[];
}

const must = (name: string, type: FieldType, value: Buffer): Field => ({ name, type, mandatory: true, value });
const may = (name: string, type: FieldType, value: Buffer): Field => ({ name, type, mandatory: false, value });

const NO_SYMBOLS = Buffer.from('e00200a3', 'hex');
const NO_MAP = map([]);
const ulong = Buffer.from([0x53, 1]);
const SOURCE = described(0x28, list([text('$cbs')]));
const TARGET = described(0x29, list([text('$cbs')]));
const ACCEPTED = described(0x24, list([]));
const ERROR = described(0x1d, list([symbol('amqp:internal-error')]));
const CAPABILITIES = [
  may('offered-capabilities', 'symbols', NO_SYMBOLS),
  may('desired-capabilities', 'symbols', NO_SYMBOLS),
];
const PROPERTIES = may('properties', 'map', NO_MAP);

export const PERFORMATIVES: readonly Performative[] = [
  {
    name: 'open',
    code: PERFORMATIVE.open,
    state: 'header',
    fields: [
      must('container-id', 'string', text('intruder')),
      may('hostname', 'string', text('hub')),
      may('max-frame-size', 'uint', uint(65_536)),
      may('channel-max', 'ushort', ushort(10)),
      may('idle-time-out', 'uint', uint(60_000)),
      may('outgoing-locales', 'symbols', NO_SYMBOLS),
      may('incoming-locales', 'symbols', NO_SYMBOLS),
      ...CAPABILITIES,
      PROPERTIES,
    ],
  },
  {
    name: 'begin',
    code: PERFORMATIVE.begin,
    state: 'opened',
    fields: [
      may('remote-channel', 'ushort', Buffer.from([0x40])),
      must('next-outgoing-id', 'uint', uint(0)),
      must('incoming-window', 'uint', uint(1_000)),
      must('outgoing-window', 'uint', uint(1_000)),
      may('handle-max', 'uint', uint(255)),
      ...CAPABILITIES,
      PROPERTIES,
    ],
  },
  {
    name: 'attach',
    code: PERFORMATIVE.attach,
    state: 'begun',
    fields: [
      must('name', 'string', text('link')),
      must('handle', 'uint', uint(0)),
      must('role', 'boolean', FALSE),
      may('snd-settle-mode', 'ubyte', ubyte(2)),
      may('rcv-settle-mode', 'ubyte', ubyte(0)),
      may('source', 'any', SOURCE),
      may('target', 'any', TARGET),
      may('unsettled', 'map', NO_MAP),
      may('incomplete-unsettled', 'boolean', FALSE),
      may('initial-delivery-count', 'uint', uint(0)),
      may('max-message-size', 'ulong', ulong),
      ...CAPABILITIES,
      PROPERTIES,
    ],
  },
  {
    name: 'flow',
    code: PERFORMATIVE.flow,
    state: 'attached',
    fields: [
      may('next-incoming-id', 'uint', uint(0)),
      must('incoming-window', 'uint', uint(1_000)),
      must('next-outgoing-id', 'uint', uint(0)),
      must('outgoing-window', 'uint', uint(1_000)),
      may('handle', 'uint', uint(0)),
      may('delivery-count', 'uint', uint(0)),
      may('link-credit', 'uint', uint(0)),
      may('available', 'uint', uint(0)),
      may('drain', 'boolean', FALSE),
      may('echo', 'boolean', FALSE),
      PROPERTIES,
    ],
  },
  {
    name: 'transfer',
    code: PERFORMATIVE.transfer,
    state: 'attached',
    fields: [
      must('handle', 'uint', uint(0)),
      may('delivery-id', 'uint', uint(0)),
      may('delivery-tag', 'binary', binary(Buffer.from([1]))),
      may('message-format', 'uint', uint(0)),
      may('settled', 'boolean', FALSE),
      may('more', 'boolean', FALSE),
      may('rcv-settle-mode', 'ubyte', ubyte(0)),
      may('state', 'any', ACCEPTED),
      may('resume', 'boolean', FALSE),
      may('aborted', 'boolean', FALSE),
      may('batchable', 'boolean', FALSE),
    ],
  },
  {
    name: 'disposition',
    code: PERFORMATIVE.disposition,
    state: 'begun',
    fields: [
      must('role', 'boolean', TRUE),
      must('first', 'uint', uint(0)),
      may('last', 'uint', uint(0)),
      may('settled', 'boolean', TRUE),
      may('state', 'any', ACCEPTED),
      may('batchable', 'boolean', FALSE),
    ],
  },
  {
    name: 'detach',
    code: PERFORMATIVE.detach,
    state: 'attached',
    fields: [must('handle', 'uint', uint(0)), may('closed', 'boolean', TRUE), may('error', 'any', ERROR)],
  },
  { name: 'end', code: PERFORMATIVE.end, state: 'begun', fields: [may('error', 'any', ERROR)] },
  { name: 'close', code: PERFORMATIVE.close, state: 'opened', fields: [may('error', 'any', ERROR)] },
  {
    name: 'sasl-init',
    code: PERFORMATIVE.saslInit,
    state: 'sasl',
    fields: [
      must('mechanism', 'symbol', symbol('ANONYMOUS')),
      may('initial-response', 'binary', binary(Buffer.alloc(0))),
      may('hostname', 'string', text('hub')),
    ],
  },
];

/** Frames of SASL that only a server sends, or that answer a challenge, of which there is none here. */
export const OTHER_SASL_FRAMES: readonly (readonly [name: string, code: number, fields: readonly Buffer[]])[] = [
  ['sasl-mechanisms', 0x40, [symbol('PLAIN')]],
  ['sasl-challenge', 0x42, [binary(Buffer.from('x'))]],
  ['sasl-response', 0x43, [binary(Buffer.from('x'))]],
  ['sasl-outcome', 0x44, [ubyte(0)]],
];
