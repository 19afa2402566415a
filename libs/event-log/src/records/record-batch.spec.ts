import { createRequire } from 'node:module';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogRecord, StoredRecord } from '../port.js';
import { crc32c } from './crc32c.js';
import { BATCH_HEADER_BYTES, FIELD } from './record-batch-format.js';
import { readBatchHeader, readRecordBatch } from './record-batch-reader.js';
import { RecordBatchWriter } from './record-batch-writer.js';

const text = fc.string({ unit: 'binary', maxLength: 80 });
const bytes = fc.uint8Array({ maxLength: 9000, size: 'large' }).map((array) => Buffer.from(array));
const headers = fc.array(fc.tuple(fc.oneof(text, fc.constant('__proto__')), fc.oneof(text, bytes))).map((pairs) => {
  const made: Record<string, string | Buffer> = Object.create(null);
  for (const [name, value] of pairs) {
    made[name] = value;
  }
  return made;
});
const record: fc.Arbitrary<LogRecord> = fc.record({ key: text, headers, value: bytes });
const records = fc.array(record, { minLength: 1, maxLength: 20 });
const source = { topic: 't', partition: 3 };

/** What is left of a text in UTF-8: a lone surrogate becomes the replacement character. */
function asUtf8(value: string): string {
  return Buffer.from(value).toString();
}

function write(written: readonly LogRecord[], timestamp = 1): Buffer {
  const writer = new RecordBatchWriter();
  for (const one of written) {
    writer.append(one);
  }
  return writer.close(70, timestamp);
}

function read(batch: Buffer): StoredRecord[] {
  const header = readBatchHeader(batch);
  return header === undefined ? [] : readRecordBatch(batch, header, source);
}

describe('a record batch', () => {
  it('gives back the records that were written', () => {
    fc.assert(
      fc.property(records, fc.nat(), (written, timestamp) => {
        const stored = read(write(written, timestamp));
        expect(stored).toHaveLength(written.length);
        for (const [i, one] of written.entries()) {
          const expected: Record<string, Buffer> = Object.create(null);
          for (const name of Object.keys(one.headers)) {
            expected[asUtf8(name)] = Buffer.from(one.headers[name] ?? '');
          }
          const { key, value } = one;
          expect(stored[i]).toEqual({
            ...source,
            offset: 70 + i,
            timestamp,
            key: asUtf8(key),
            headers: expected,
            value,
          });
        }
      }),
    );
  });

  it('is read by kafkajs as it was written', async () => {
    const require = createRequire(import.meta.url);
    const decode = require('kafkajs/src/protocol/recordBatch/v0/decoder');
    const Decoder = require('kafkajs/src/protocol/decoder');
    const batch = write([
      { key: 'a', headers: { n: 'ö'.repeat(50) }, value: Buffer.alloc(100_000, 1) },
      { key: '', headers: {}, value: Buffer.alloc(0) },
    ]);
    const { records: decoded } = await decode(new Decoder(batch));
    expect(decoded).toHaveLength(2);
    expect(decoded[0].headers.n.toString()).toBe('ö'.repeat(50));
    expect(decoded[0].value).toEqual(Buffer.alloc(100_000, 1));
    expect(decoded[1].key).toHaveLength(0);
  });

  it('tells when it is not all there, damaged, or of another form', () => {
    const batch = write([{ key: 'd', headers: {}, value: Buffer.from('value') }]);
    for (let end = 0; end < batch.length; end++) {
      expect(readBatchHeader(batch.subarray(0, end))).toBeUndefined();
    }
    const damaged = Buffer.from(batch);
    damaged[damaged.length - 2] = 0;
    expect(() => read(damaged)).toThrow('damaged');
    const other = Buffer.from(batch);
    other[FIELD.magic] = 1;
    expect(() => read(other)).toThrow('form 1');
  });

  it('never reads beyond itself, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(5), (noise, count) => {
        const batch = Buffer.concat([write([{ key: 'd', headers: {}, value: Buffer.alloc(0) }]), noise]);
        batch.writeInt32BE(batch.length - FIELD.leaderEpoch, FIELD.length);
        batch.set(noise.subarray(0, batch.length - BATCH_HEADER_BYTES), BATCH_HEADER_BYTES);
        batch.writeInt32BE(count, FIELD.count);
        batch.writeUInt32BE(crc32c(batch, FIELD.attributes, batch.length), FIELD.crc);
        try {
          for (const one of read(batch)) {
            expect(one.value.length).toBeLessThanOrEqual(batch.length);
          }
        } catch (error) {
          expect((error as Error).name).toBe('EventLogError');
        }
      }),
    );
  });

  it.each([
    ['gzip', 1, gzipSync],
    ['zstd', 4, zstdCompressSync],
  ] as const)('is read when compressed with %s', (_, method, compress) => {
    const plain = write([{ key: 'd', headers: { h: '1' }, value: Buffer.alloc(5000, 7) }]);
    const packed = compress(plain.subarray(BATCH_HEADER_BYTES));
    const batch = Buffer.concat([plain.subarray(0, BATCH_HEADER_BYTES), packed]);
    batch.writeInt32BE(batch.length - FIELD.leaderEpoch, FIELD.length);
    batch.writeInt16BE(method, FIELD.attributes);
    batch.writeUInt32BE(crc32c(batch, FIELD.attributes, batch.length), FIELD.crc);
    expect(read(batch)).toEqual(read(plain));
  });

  it("has the checksum that Kafka's clients compute", () => {
    const reference = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
        expect(crc32c(data, 0, data.length)).toBe(reference(data));
      }),
    );
  });
});
