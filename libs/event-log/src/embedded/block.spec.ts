import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogRecord } from '../port.js';
import { readBlock, readBlockHeader } from './block-reader.js';
import { BlockWriter } from './block-writer.js';

const text = fc.string({ unit: 'binary', maxLength: 80 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const headers = fc.array(fc.tuple(fc.oneof(text, fc.constant('__proto__')), fc.oneof(text, bytes))).map((pairs) => {
  const made: Record<string, string | Buffer> = Object.create(null);
  for (const [name, value] of pairs) {
    made[name] = value;
  }
  return made;
});
const records: fc.Arbitrary<LogRecord[]> = fc.array(fc.record({ key: text, headers, value: bytes }), { maxLength: 20 });

/** What is left of a text in UTF-8: a lone surrogate becomes the replacement character. */
function asUtf8(value: string): string {
  return Buffer.from(value).toString();
}

describe('a block', () => {
  it('gives back the records that were written', () => {
    fc.assert(
      fc.property(records, fc.nat(), (written, timestamp) => {
        const writer = new BlockWriter();
        for (const one of written) {
          writer.append(one);
        }
        const block = writer.close(timestamp);
        expect(readBlockHeader(block)).toEqual({ timestamp, count: written.length });
        const read = readBlock(block, { topic: 't', partition: 3, offset: 70 });
        expect(read).toHaveLength(written.length);
        for (const [i, one] of written.entries()) {
          const expected: Record<string, Buffer> = Object.create(null);
          for (const name of Object.keys(one.headers)) {
            expected[asUtf8(name)] = Buffer.from(one.headers[name] ?? '');
          }
          expect(read[i]).toEqual({
            topic: 't',
            partition: 3,
            offset: 70 + i,
            timestamp,
            key: asUtf8(one.key),
            headers: expected,
            value: one.value,
          });
        }
      }),
    );
  });

  it('of another version is refused', () => {
    const block = new BlockWriter().close(0);
    block[0] = 9;
    expect(() => readBlockHeader(block)).toThrow('version 9');
  });

  it('is full after 64 KiB', () => {
    const writer = new BlockWriter();
    const value = Buffer.alloc(1024);
    while (!writer.full) {
      writer.append({ key: 'd', headers: {}, value });
    }
    expect(writer.count).toBe(64);
  });
});
