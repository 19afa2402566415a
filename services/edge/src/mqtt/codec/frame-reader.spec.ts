import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import mqtt, { type Packet } from 'mqtt-packet';
import { ProtocolError } from '../protocol-error.js';
import { type Frame, FrameReader } from './frame-reader.js';

const LIMIT = 100_000;

/** All packets that a reader finds in the chunks, as hexadecimal text. */
function read(chunks: readonly Uint8Array[], limit = LIMIT): string[] {
  const reader = new FrameReader();
  const frame: Frame = { type: 0, flags: 0, bytes: Buffer.alloc(0), start: 0, end: 0 };
  const packets: string[] = [];
  for (const chunk of chunks) {
    reader.push(Buffer.from(chunk));
    while (reader.next(frame, limit)) {
      packets.push(`${frame.type} ${frame.flags} ${frame.bytes.toString('hex', frame.start, frame.end)}`);
    }
  }
  return packets;
}

function publish(size: number): Buffer {
  return mqtt.generate({
    cmd: 'publish',
    topic: 'devices/d1/messages/events/',
    payload: Buffer.alloc(size, 'x'),
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  } as Packet);
}

describe('FrameReader', () => {
  it('finds the same packets wherever the bytes are cut', () => {
    const bytes = Buffer.concat([publish(3), Buffer.from([0xc0, 0]), publish(130), publish(0), Buffer.from([0xe0, 0])]);
    const whole = read([bytes]);
    expect(whole.map((packet) => packet.split(' ')[0])).toEqual(['3', '12', '3', '3', '14']);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
    }
    expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('finds the same packets in any pieces', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (payloads, steps) => {
        const bytes = Buffer.concat(payloads.map(publish));
        const pieces: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const step = steps[i % steps.length] ?? 1;
          pieces.push(bytes.subarray(at, at + step));
          at += step;
        }
        expect(read(pieces)).toEqual(read([bytes]));
      }),
    );
  });

  it.each([
    [127, 2],
    [128, 3],
    [16_383, 3],
    [16_384, 4],
  ])('reads a remaining length of %d in its %d bytes', (length, header) => {
    const bytes = mqtt.generate({
      cmd: 'publish',
      topic: 'ab',
      payload: Buffer.alloc(length - 4),
      qos: 0,
    } as unknown as Packet);
    expect(bytes.length).toBe(length + header);
    expect(read([bytes])).toHaveLength(1);
  });

  it('refuses a packet beyond the limit as soon as its length is there, and a length without end', () => {
    expect(() => read([publish(1_000).subarray(0, 3)], 500)).toThrow(ProtocolError);
    expect(() => read([Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff])])).toThrow(ProtocolError);
    expect(read([publish(1_000).subarray(0, 3)], 2_000)).toEqual([]);
  });

  it('never throws anything else, whatever it is given', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        try {
          read(chunks, 1_000);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});
