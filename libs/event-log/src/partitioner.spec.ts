import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partitionOf } from './partitioner.js';

/** kafkajs' rendering of the hash of Kafka's Java client. */
const murmur2: (key: string) => number = createRequire(import.meta.url)(
  'kafkajs/src/producer/partitioners/default/murmur2',
);

describe('partitionOf', () => {
  it("places every key as Kafka's default partitioner does", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
        expect(partitionOf(key, partitions)).toBe((murmur2(key) & 0x7fffffff) % partitions);
      }),
    );
  });
});
