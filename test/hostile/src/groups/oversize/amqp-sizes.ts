import {
  attach,
  binary,
  described,
  frame,
  frameAround,
  map,
  PERFORMATIVE,
  symbol,
  text,
  uint,
} from '@mooring/test-wire/amqp';
import type { Trial } from '../../trials/trial.js';
import { exchange } from '../../wire/amqp-exchange.js';
import { onTelemetry, telemetry } from '../amqp/abuses.js';
import { BEFORE } from '../amqp/frame-faults.js';

const KIB = 1024;
const FRAME = 60_000;
const long = (length: number) => 'x'.repeat(length);
const header = (hex: string) => Buffer.from(hex, 'hex');
const plain = (bytes: number) =>
  frame(PERFORMATIVE.saslInit, [symbol('PLAIN'), binary(Buffer.from(`\0a@b\0${long(bytes)}`))], { type: 1 });

const FRAMES: readonly (readonly [what: string, frames: readonly Buffer[]])[] = [
  ['a frame of 4 GB', [...BEFORE.opened, header('ffffffff02000000')]],
  ['a frame above its limit', [...BEFORE.opened, frameAround(Buffer.alloc(65 * KIB))]],
  ['a frame ten times above its limit', [...BEFORE.opened, frameAround(Buffer.alloc(650 * KIB))]],
  ['a SASL frame of 4 GB', [...BEFORE.sasl, header('ffffffff02010000')]],
  ['a SASL frame above its limit', [...BEFORE.sasl, plain(20_000)]],
  ['an open whose container has a name of 60 KB', [...BEFORE.header, frame(PERFORMATIVE.open, [text(long(FRAME))])]],
  ['a link with a name of 10 KB', [...BEFORE.begun, attach({ name: long(10_000) })]],
  ['a link with an address of 60 KB', [...BEFORE.begun, attach({ address: long(FRAME) })]],
];

/** A message in as many transfers as it takes. */
function pieces(section: Buffer): readonly Buffer[] {
  const count = Math.ceil(section.length / FRAME);
  return Array.from({ length: count }, (_, n) =>
    telemetry(0, { more: n < count - 1, payload: section.subarray(n * FRAME, (n + 1) * FRAME) }),
  );
}

function data(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return described(0x75, Buffer.concat([Buffer.from([0xb0]), length, Buffer.alloc(bytes)]));
}

const properties = (count: number, size: number) =>
  described(0x74, map(Array.from({ length: count }, (_, n) => [text(`p${n}`), text(long(size))]).flat()));

const MESSAGES: readonly (readonly [what: string, section: Buffer])[] = [
  ['a message above its limit', data(256 * KIB + 1)],
  ['a message ten times above its limit', data(2_560 * KIB)],
  ['a message above its limit by its properties', Buffer.concat([properties(50, 1_000), data(230 * KIB)])],
  ['properties of 300 KB', properties(300, 1_000)],
  ['a key that is a number', described(0x74, map([uint(1), text('a')]))],
];

export const AMQP_SIZES: readonly Trial[] = [
  ...FRAMES.map(([what, frames]): Trial => ({ what: `AMQP: ${what}`, run: (attempt) => exchange(attempt, frames) })),
  ...MESSAGES.map(
    ([what, section]): Trial => ({
      what: `AMQP: ${what}`,
      run: (attempt) => onTelemetry(attempt, pieces(section)),
    }),
  ),
];
