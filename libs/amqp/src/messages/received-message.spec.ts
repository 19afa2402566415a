import { describe, expect, it } from '@jest/globals';
import { isHubError } from '@mooring/errors';
import fc from 'fast-check';
import rhea, { type Message, type Typed } from 'rhea';
import { encodeValue } from '../engine/typed-values.js';
import { ReceivedMessage } from './received-message.js';

const { types } = rhea;

function read(message: Record<string, unknown>): ReceivedMessage {
  return ReceivedMessage.read(rhea.message.encode(message as unknown as Message));
}

function section(code: number, value: unknown): Buffer {
  return encodeValue(types.described(types.wrap_ulong(code), value) as Typed);
}

function errorOf(bytes: Buffer): string {
  try {
    const message = ReceivedMessage.read(bytes);
    message.property('messageId');
    message.applicationProperties();
    message.body();
    return 'read';
  } catch (error) {
    if (isHubError(error)) {
      return error.error;
    }
    throw error;
  }
}

describe('ReceivedMessage', () => {
  const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

  it.each([
    ['a string', 'id', { kind: 'string', value: 'id' }],
    ['a ulong', types.wrap_ulong(7), { kind: 'integer', value: 7 }],
    [
      'a ulong beyond doubles',
      types.wrap_ulong(Buffer.alloc(8, 0xff)),
      { kind: 'integer', value: 18446744073709551615n },
    ],
    ['a uuid', types.wrap_uuid(uuid), { kind: 'uuid', value: uuid }],
    ['a binary', types.wrap_binary(Buffer.from('ab')), { kind: 'binary', value: Buffer.from('ab') }],
    ['a long', types.wrap_long(-5), { kind: 'integer', value: -5 }],
    ['a boolean', true, { kind: 'boolean', value: true }],
    ['a double', types.wrap_double(1.5), { kind: 'float', value: 1.5 }],
    ['a float', types.wrap_float(0.5), { kind: 'float', value: 0.5 }],
    ['a short', types.wrap_short(-300), { kind: 'integer', value: -300 }],
    ['a byte', types.wrap_byte(-3), { kind: 'integer', value: -3 }],
    ['a timestamp', types.wrap_timestamp(-1), { kind: 'timestamp', value: -1 }],
    ['a long text', 'x'.repeat(300), { kind: 'string', value: 'x'.repeat(300) }],
    ['a long symbol', types.wrap_symbol('y'.repeat(300)), { kind: 'symbol', value: 'y'.repeat(300) }],
    ['null', null, { kind: 'null' }],
    ['a list', types.wrap_list([1]), undefined],
  ])('reads an application property that is %s', (_case, value, expected) => {
    expect(read({ application_properties: { name: value } }).applicationProperties()).toEqual([['name', expected]]);
  });

  it('reads the fields of the properties, and knows those that are absent', () => {
    const message = read({
      message_id: types.wrap_uuid(uuid),
      user_id: Buffer.from('me'),
      to: '/devices/d1/messages/devicebound',
      correlation_id: types.wrap_ulong(3),
      content_type: 'text/plain',
      absolute_expiry_time: 1_700_000_000_000,
    });
    expect(message.property('messageId')).toEqual({ kind: 'uuid', value: uuid });
    expect(message.property('userId')).toEqual({ kind: 'binary', value: Buffer.from('me') });
    expect(message.property('to')).toEqual({ kind: 'string', value: '/devices/d1/messages/devicebound' });
    expect(message.property('subject')).toBeUndefined();
    expect(message.property('correlationId')).toEqual({ kind: 'integer', value: 3 });
    expect(message.property('contentType')).toEqual({ kind: 'symbol', value: 'text/plain' });
    expect(message.property('contentEncoding')).toBeUndefined();
    expect(message.property('absoluteExpiryTime')).toEqual({ kind: 'timestamp', value: 1_700_000_000_000 });
  });

  it('refuses a property that is not simple', () => {
    const message = ReceivedMessage.read(section(0x73, types.wrap_list([types.wrap_list(['x'])])));
    expect(() => message.property('messageId')).toThrow('malformed');
    expect(message.property('to')).toBeUndefined();
  });

  it('has nothing where nothing was sent', () => {
    const empty = ReceivedMessage.read(Buffer.alloc(0));
    expect([empty.property('to'), empty.applicationProperties(), empty.body()]).toEqual([
      undefined,
      [],
      { kind: 'none' },
    ]);
  });

  it('puts data sections together, whatever their sizes', () => {
    const parts = [Buffer.from('one'), Buffer.alloc(300, 1), Buffer.alloc(0)];
    const message = read({ body: rhea.message.data_sections(parts) });
    expect(message.body()).toEqual({ kind: 'data', value: Buffer.concat(parts) });
  });

  it.each([
    ['a text', 'text', { kind: 'value', value: { kind: 'string', value: 'text' } }],
    ['null', null, { kind: 'value', value: { kind: 'null' } }],
    ['a map', { a: 1 }, { kind: 'value', value: undefined }],
    ['a sequence', rhea.message.sequence_section([1, 2]), { kind: 'sequence' }],
  ])('tells a body that is %s', (_case, body, expected) => {
    expect(read({ body }).body()).toEqual(expected);
  });

  it('refuses sections that are out of order, doubled or of two kinds of body, and properties that are none', () => {
    const data = section(0x75, types.wrap_binary(Buffer.from('x')));
    const properties = section(0x73, types.wrap_list([]));
    expect(errorOf(Buffer.concat([properties, data, data]))).toBe('read');
    expect(errorOf(Buffer.concat([data, properties]))).toBe('ArgumentInvalid');
    expect(errorOf(Buffer.concat([properties, properties]))).toBe('ArgumentInvalid');
    expect(errorOf(Buffer.concat([data, section(0x77, types.wrap_string('x'))]))).toBe('ArgumentInvalid');
    expect(errorOf(section(0x73, types.wrap_list(Array(30).fill('x'))))).toBe('ArgumentInvalid');
    expect(errorOf(Buffer.from([0, 0x53, 0x74, 0xc1, 3, 2, 0x41, 0x41]))).toBe('ArgumentInvalid');
    expect(errorOf(Buffer.from('nothing of AMQP'))).toBe('ArgumentInvalid');
  });

  it('reads any bytes, or says that they are malformed', () => {
    const valid = rhea.message.encode({
      message_id: 'm',
      to: '/devices/d/messages/devicebound',
      application_properties: { a: 'b', n: 5 },
      body: rhea.message.data_section(Buffer.from('body')),
    } as unknown as Message);
    const mutated = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = Buffer.from(valid);
        for (const [at, byte] of changes) {
          bytes[at] = byte;
        }
        return bytes;
      });
    const anything = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mutated, anything), (bytes) => {
        expect(['read', 'ArgumentInvalid']).toContain(errorOf(bytes));
      }),
      { numRuns: 1_000 },
    );
  });
});
