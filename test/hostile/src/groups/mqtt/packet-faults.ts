import { packet, remainingLength, word } from '@mooring/test-wire/mqtt';
import { type Field, laidOut, type PacketShape } from './packet-shapes.js';

/** A packet with one thing wrong. */
export interface Fault {
  readonly what: string;
  bytes(deviceId: string): Buffer;
}

/** What no text of MQTT may hold. [MQTT-1.5.3] */
const BAD_UTF8: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['a byte that is none of UTF-8', Buffer.from('ff', 'hex')],
  ['a sequence that is cut off', Buffer.from('e282', 'hex')],
  ['a sequence that is overlong', Buffer.from('c080', 'hex')],
  ['a surrogate', Buffer.from('eda080', 'hex')],
  ['a code point beyond all', Buffer.from('f4908080', 'hex')],
  ['NUL', Buffer.from('00', 'hex')],
];
const ALL_FLAGS = Array.from({ length: 16 }, (_, flags) => flags);

/** Everything that can be wrong with the structure of a packet that devices send. */
export function faultsOf(shape: PacketShape): readonly Fault[] {
  const faults = [
    ...flagFaults(shape),
    ...lengthFaults(shape),
    ...shape.fields.flatMap((_, at) => fieldFaults(shape, at)),
  ];
  // Behind a payload there is nothing: it takes all.
  return shape.fields.at(-1)?.kind === 'rest' ? faults : [...faults, trailing(shape)];
}

/** The packet as it should be. */
export function rightPacket(shape: PacketShape, deviceId: string): Buffer {
  return withField(shape, deviceId);
}

function flagFaults(shape: PacketShape): readonly Fault[] {
  return ALL_FLAGS.filter((flags) => !shape.flags.includes(flags)).map((flags) => ({
    what: `${shape.name} with the flags ${flags.toString(2).padStart(4, '0')}`,
    bytes: (deviceId) => packet(shape.type, flags, ...body(shape, deviceId)),
  }));
}

function lengthFaults(shape: PacketShape): readonly Fault[] {
  const headed = (length: Buffer) => (deviceId: string) =>
    Buffer.concat([Buffer.from([(shape.type << 4) | shape.flags[0]]), length, ...body(shape, deviceId)]);
  return [
    { what: `${shape.name} with a remaining length of five bytes`, bytes: headed(Buffer.from('ffffffff01', 'hex')) },
    { what: `${shape.name} with a remaining length without an end`, bytes: headed(Buffer.alloc(64, 0xff)) },
    { what: `${shape.name} with the largest remaining length`, bytes: headed(Buffer.from('ffffff7f', 'hex')) },
  ];
}

function fieldFaults(shape: PacketShape, at: number): readonly Fault[] {
  const field = shape.fields[at];
  if (field === undefined || field.kind === 'rest') {
    return [];
  }
  const named = (what: string) => `${shape.name}: ${field.name} ${what}`;
  const wrong = (what: string, laid: (deviceId: string) => Buffer): Fault => ({
    what: named(what),
    bytes: (deviceId) => withField(shape, deviceId, { at, laid: laid(deviceId) }),
  });
  return [
    ...cuts(shape, at).map(({ what, bytes }) => ({ what: named(what), bytes })),
    ...(field.bad ?? []).map(([what, value]) => wrong(what, () => laidOut(field.kind, value))),
    ...(field.kind === 'text' || field.kind === 'binary'
      ? [wrong('longer than its packet', (deviceId) => Buffer.concat([word(0xffff), field.value(deviceId)]))]
      : []),
    ...(field.kind === 'text'
      ? BAD_UTF8.map(([what, bytes]) =>
          wrong(`with ${what}`, (deviceId) => laidOut('text', Buffer.concat([field.value(deviceId), bytes]))),
        )
      : []),
  ];
}

/** Packets whose length is true, and which end before the field, within it at every place, and before its last byte. */
function cuts(shape: PacketShape, at: number): readonly Fault[] {
  const before = (deviceId: string) => Buffer.concat(body(shape, deviceId).slice(0, at));
  const sizeOf = (field: Field | undefined) => (field === undefined ? 0 : laidOut(field.kind, field.value('')).length);
  return Array.from({ length: sizeOf(shape.fields[at]) }, (_, length) => ({
    what: `cut off after ${length} bytes`,
    bytes: (deviceId: string) => {
      const start = before(deviceId);
      const all = Buffer.concat(body(shape, deviceId));
      return packet(shape.type, shape.flags[0], all.subarray(0, start.length + length));
    },
  }));
}

function trailing(shape: PacketShape): Fault {
  return {
    what: `${shape.name} with a byte behind its end`,
    bytes: (deviceId) => packet(shape.type, shape.flags[0], ...body(shape, deviceId), Buffer.from([0])),
  };
}

function withField(
  shape: PacketShape,
  deviceId: string,
  other?: { readonly at: number; readonly laid: Buffer },
): Buffer {
  const fields = body(shape, deviceId).map((laid, at) => (at === other?.at ? other.laid : laid));
  return packet(shape.type, shape.flags[0], ...fields);
}

function body(shape: PacketShape, deviceId: string): readonly Buffer[] {
  return shape.fields.map(({ kind, value }) => laidOut(kind, value(deviceId)));
}

/** A remaining length in more bytes than it needs: odd, but nothing forbids it. */
export function overlongLength(shape: PacketShape, deviceId: string): Buffer {
  const bytes = Buffer.concat(body(shape, deviceId));
  const length = remainingLength(bytes.length);
  const last = length.length - 1;
  length.writeUInt8((length[last] ?? 0) | 0x80, last);
  return Buffer.concat([Buffer.from([(shape.type << 4) | shape.flags[0]]), length, Buffer.from([0]), bytes]);
}
