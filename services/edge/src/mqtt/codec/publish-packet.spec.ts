import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import mqtt, { type IPublishPacket, type Packet } from 'mqtt-packet';
import { MAX_TOPIC_BYTES, publishPacket } from './publish-packet.js';

/** As an implementation of others reads it. */
function read(bytes: Buffer): IPublishPacket[] {
  const packets: IPublishPacket[] = [];
  const parser = mqtt.parser();
  parser.on('packet', (packet: Packet) => packets.push(packet as IPublishPacket));
  parser.parse(bytes);
  return packets;
}

describe('a PUBLISH', () => {
  it('is read as it was meant', () => {
    const topics = fc.string({ unit: 'grapheme', minLength: 1 }).filter((topic) => !/[#+\0]/.test(topic));
    const sizes = fc.oneof(fc.nat(300), fc.constantFrom(16_000, 16_384, 2_097_152, 2_097_100));
    const ids = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(topics, sizes, ids, fc.boolean(), (topic, size, packetId, dup) => {
        const payload = Buffer.alloc(size, 7);
        const [packet, ...more] = read(publishPacket({ topic, payload, packetId, dup }));
        expect(more).toEqual([]);
        expect([packet?.topic, packet?.qos, packet?.messageId ?? 0]).toEqual([topic, packetId === 0 ? 0 : 1, packetId]);
        expect([packet?.dup, packet?.retain]).toEqual([dup && packetId !== 0, false]);
        expect(payload.equals(packet?.payload as Buffer)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('has a topic that is not too long', () => {
    const publish = { payload: Buffer.alloc(0), packetId: 0 };
    const longest = publishPacket({ ...publish, topic: 'a'.repeat(MAX_TOPIC_BYTES) });
    expect(read(longest)).toHaveLength(1);
    expect(() => publishPacket({ ...publish, topic: 'a'.repeat(MAX_TOPIC_BYTES + 1) })).toThrow(RangeError);
  });
});
