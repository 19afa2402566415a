import fc from 'fast-check';

/** What a hostile client does to the frames that a good one sends; positions count modulo what is there. */
export type Mutation =
  | { readonly kind: 'flip'; readonly frame: number; readonly bit: number }
  | { readonly kind: 'truncate'; readonly frame: number; readonly length: number; readonly resized: boolean }
  | { readonly kind: 'set'; readonly frame: number; readonly at: number; readonly value: number }
  | { readonly kind: 'channel' | 'descriptor'; readonly frame: number; readonly value: number }
  | { readonly kind: 'huge'; readonly frame: number; readonly at: number }
  | { readonly kind: 'repeat' | 'drop'; readonly frame: number }
  | { readonly kind: 'move'; readonly frame: number; readonly to: number };

/** What was truncated to less is left as it is. */
const SMALLEST = 8;

const place = fc.nat({ max: 10_000 });
const byte = fc.nat({ max: 255 });

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), frame: place, bit: fc.nat({ max: 100_000 }) }),
  fc.record({ kind: fc.constant('truncate' as const), frame: place, length: place, resized: fc.boolean() }),
  fc.record({ kind: fc.constant('set' as const), frame: place, at: place, value: byte }),
  fc.record({ kind: fc.constantFrom('channel' as const), frame: place, value: fc.nat({ max: 65_535 }) }),
  fc.record({
    kind: fc.constantFrom('descriptor' as const),
    frame: place,
    value: fc.integer({ min: 0x0f, max: 0x78 }),
  }),
  // Counts and sizes of four bytes.
  fc.record({ kind: fc.constant('huge' as const), frame: place, at: place }),
  fc.record({ kind: fc.constantFrom('repeat' as const, 'drop' as const), frame: place }),
  fc.record({ kind: fc.constant('move' as const), frame: place, to: place }),
);

export function mutate(frames: readonly Buffer[], change: Mutation): readonly Buffer[] {
  const index = change.frame % Math.max(1, frames.length);
  const frame = frames[index];
  if (frame === undefined) {
    return frames;
  }
  switch (change.kind) {
    case 'repeat':
      return frames.toSpliced(index, 0, frame);
    case 'drop':
      return frames.toSpliced(index, 1);
    case 'move':
      return frames.toSpliced(index, 1).toSpliced(change.to % frames.length, 0, frame);
    default:
      return frames.with(index, changed(Buffer.from(frame), change));
  }
}

type Change = Exclude<Mutation, { readonly kind: 'repeat' | 'drop' | 'move' }>;

function changed(frame: Buffer, change: Change): Buffer {
  if (frame.length < SMALLEST) {
    return frame;
  }
  switch (change.kind) {
    case 'flip': {
      const at = (change.bit >> 3) % frame.length;
      frame.writeUInt8(frame.readUInt8(at) ^ (1 << (change.bit & 7)), at);
      return frame;
    }
    case 'set':
      frame.writeUInt8(change.value, change.at % frame.length);
      return frame;
    case 'channel':
      frame.writeUInt16BE(change.value, 6);
      return frame;
    case 'descriptor':
      return frame.length > 10 ? setByte(frame, 10, change.value) : frame;
    case 'huge':
      frame.writeUInt32BE(0xff_ff_ff_ff, change.at % (frame.length - 3));
      return frame;
    case 'truncate': {
      const cut = frame.subarray(0, change.length % frame.length);
      if (change.resized && cut.length >= 8) {
        cut.writeUInt32BE(cut.length, 0);
      }
      return cut;
    }
  }
}

function setByte(frame: Buffer, at: number, value: number): Buffer {
  frame.writeUInt8(value, at);
  return frame;
}
