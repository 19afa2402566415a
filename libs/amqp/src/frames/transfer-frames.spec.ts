import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import frames from 'rhea/lib/frames.js';
import { ACCEPTED, encodeDisposition, encodeTransfers } from './transfer-frames.js';

interface Decoded {
  readonly channel: number;
  readonly performative: Record<string, unknown> & { readonly value: unknown[] };
  readonly payload?: Buffer;
}

const decode = (frame: Buffer) => frames.read_frame(frame) as unknown as Decoded;

describe('encodeTransfers', () => {
  it('splits a message into frames that a client puts together again', () => {
    fc.assert(
      fc.property(
        fc.record({
          channel: fc.nat({ max: 65_535 }),
          handle: fc.nat({ max: 2 ** 32 - 1 }),
          deliveryId: fc.nat({ max: 2 ** 32 - 1 }),
          tag: fc.uint8Array({ minLength: 1, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
          settled: fc.boolean(),
        }),
        fc.uint8Array({ maxLength: 3_000 }),
        fc.integer({ min: 512, max: 1_000 }),
        (fields, bytes, maxFrameBytes) => {
          const message = Buffer.from(bytes);
          const encoded = encodeTransfers(fields, message, maxFrameBytes);
          const decoded = encoded.map(decode);
          expect(encoded.every((frame) => frame.length <= maxFrameBytes)).toBe(true);
          expect(Buffer.concat(decoded.map(({ payload }) => payload ?? Buffer.alloc(0)))).toEqual(message);
          decoded.forEach(({ channel, performative }, index) => {
            expect(channel).toBe(fields.channel);
            expect(performative.value.length).toBe(11);
            expect(performative['handle']).toBe(fields.handle);
            expect(performative['delivery_id']).toBe(fields.deliveryId);
            expect(performative['delivery_tag']).toEqual(fields.tag);
            expect(performative['settled']).toBe(fields.settled);
            expect(performative['more']).toBe(index < decoded.length - 1);
          });
        },
      ),
    );
  });
});

describe('encodeDisposition', () => {
  it('writes all six fields', () => {
    const { channel, performative } = decode(
      encodeDisposition({ channel: 7, receiver: true, first: 3, last: 2 ** 32 - 1, state: ACCEPTED }),
    );
    expect([channel, performative.value.length]).toEqual([7, 6]);
    expect(performative).toMatchObject({ role: true, first: 3, last: 2 ** 32 - 1, settled: true });
    expect(performative['state']).toMatchObject({ descriptor: { value: 0x24 } });
  });
});
