import {
  attach,
  BEGIN,
  binary,
  described,
  frame,
  frameAround,
  HEADER,
  list,
  map,
  NULL,
  nulls,
  OPEN,
  TRUE,
  text,
  ubyte,
  uint,
} from '@mooring/test-wire/amqp';
import { UNTIL_CREDIT } from '../../wire/amqp-exchange.js';
import type { Field, FieldType, Performative, State } from './performatives.js';

/** A conversation with one thing wrong. */
export interface Fault {
  readonly what: string;
  readonly frames: readonly Buffer[];
}

const MANY = 4_294_967_295;
const NESTED = 1_000;
const SASL_FRAME = 1;

/** What leads to each state. */
export const BEFORE: Readonly<Record<State, readonly Buffer[]>> = {
  header: [HEADER.amqp],
  opened: [HEADER.amqp, OPEN],
  begun: [HEADER.amqp, OPEN, BEGIN],
  attached: [HEADER.amqp, OPEN, BEGIN, attach(), UNTIL_CREDIT],
  sasl: [HEADER.sasl],
};

/** A value of each type; none is of a type that another field of that kind could have. */
const OF_TYPE: readonly (readonly [type: string, not: readonly FieldType[], value: Buffer])[] = [
  ['a boolean', ['boolean'], TRUE],
  ['a ubyte', ['ubyte'], ubyte(1)],
  ['a uint', ['uint'], uint(1)],
  ['a ulong', ['ulong'], Buffer.from('800000000000000001', 'hex')],
  ['a long', [], Buffer.from('81ffffffffffffffff', 'hex')],
  ['a double', [], Buffer.from('827ff8000000000000', 'hex')],
  ['a string', ['string'], text('x')],
  ['a binary', ['binary'], binary(Buffer.from('x'))],
  // Some clients write several symbols as a list, and the hub takes it.
  ['a list', ['symbols'], list([])],
  ['a map', ['map'], map([text('a'), uint(1)])],
  ['a UUID', [], Buffer.concat([Buffer.from([0x98]), Buffer.alloc(16, 7)])],
  // States and errors may be of a kind that the hub does not know.
  ['a described value that there is none of', ['any'], described(0x7f, list([]))],
];

/** What no value may be, whatever its type. */
const BROKEN: readonly (readonly [what: string, value: Buffer])[] = [
  ['of an unknown encoding', Buffer.from('3f', 'hex')],
  ['a string of 4 GB', Buffer.from('b1ffffffff', 'hex')],
  ['a binary of 4 GB', Buffer.from('b0ffffffff', 'hex')],
  ['an array of four billion nulls', nulls(MANY)],
  ['an array of four billion maps of nothing', Buffer.from('f000000006ffffffff45', 'hex')],
  ['a list that counts 30 million', list([], 30_000_000)],
  ['a map with a key and no value', Buffer.from('d1000000080000000153010000', 'hex')],
  ['a string that is no UTF-8', Buffer.from('b100000002c328', 'hex')],
  [`lists nested ${NESTED} deep`, nested(NESTED)],
  ['a descriptor without a value', Buffer.from('005310', 'hex')],
];

/** Everything that can be wrong with the fields of a performative. */
export function fieldFaults(performative: Performative): readonly Fault[] {
  return performative.fields.flatMap((field, at) => {
    const named = (what: string, fields: readonly Buffer[]): Fault => ({
      what: `${performative.name}: ${field.name} ${what}`,
      frames: [...BEFORE[performative.state], framed(performative, fields)],
    });
    const replaced = (value: Buffer) => valuesOf(performative).map((each, index) => (index === at ? value : each));
    return [
      ...(field.mandatory
        ? [named('null', replaced(NULL)), named('missing', valuesOf(performative).slice(0, at))]
        : []),
      ...wrongTypes(field).map(([type, value]) => named(`is ${type}`, replaced(value))),
      ...BROKEN.map(([what, value]) => named(`is ${what}`, replaced(value))),
    ];
  });
}

/** Everything that can be wrong with its frame. */
export function frameFaults(performative: Performative): readonly Fault[] {
  const { name, code, state } = performative;
  const fields = valuesOf(performative);
  const body = described(code, list(fields));
  const type = state === 'sasl' ? SASL_FRAME : 0;
  const fault = (what: string, bytes: Buffer): Fault => ({
    what: `${name} ${what}`,
    frames: [...BEFORE[state], bytes],
  });
  return [
    ...Array.from({ length: body.length }, (_, length) =>
      fault(`cut off after ${length} bytes`, frameAround(body.subarray(0, length), { type })),
    ).slice(1),
    fault('with more fields than it has', framed(performative, [...fields, uint(1)])),
    fault('whose list counts one more', frameAround(described(code, list(fields, fields.length + 1)), { type })),
    fault('whose fields are a map', frameAround(described(code, map([uint(1), uint(1)])), { type })),
    fault('whose fields are none', frameAround(described(code, NULL), { type })),
    fault('in a frame of the other kind', frameAround(body, { type: 1 - type })),
    fault('in a frame of an unknown kind', frameAround(body, { type: 9 })),
    ...(state === 'begun' || state === 'attached'
      ? [fault('on an unknown channel', frame(code, fields, { channel: 7 }))]
      : []),
    ...(state === 'opened' || state === 'header'
      ? []
      : [{ what: `${name} before its time`, frames: [HEADER.amqp, framed(performative, fields)] }]),
  ];
}

function wrongTypes({ type }: Field): readonly (readonly [string, Buffer])[] {
  return OF_TYPE.filter(([, not]) => !not.includes(type)).map(([what, , value]) => [what, value]);
}

function framed({ code, state }: Performative, fields: readonly Buffer[]): Buffer {
  return frame(code, fields, { type: state === 'sasl' ? SASL_FRAME : 0 });
}

function valuesOf({ fields }: Performative): readonly Buffer[] {
  return fields.map(({ value }) => value);
}

function nested(depth: number): Buffer {
  return depth === 0 ? list([]) : list([nested(depth - 1)]);
}
