import { describe, expect, it } from '@jest/globals';
import { ReceivedMessage } from '@mooring/amqp';
import { isHubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';
import fc from 'fast-check';
import rhea from 'rhea';
import { encodeMessage } from '../spec-support/encode-message.js';
import { messageOf } from './message-of.js';

const { types } = rhea;
const { Ack } = c2dqueue;

function read(message: Record<string, unknown>): c2dqueue.Message {
  return messageOf(ReceivedMessage.read(encodeMessage(message)));
}

function refused(message: Record<string, unknown>): string {
  try {
    read(message);
  } catch (error) {
    if (isHubError(error)) {
      return `${error.error}: ${error.message}`;
    }
    throw error;
  }
  return 'taken';
}

describe('messageOf', () => {
  it('takes all that a message can have', () => {
    const expiry = Date.UTC(2030, 0, 1);
    const message = read({
      message_id: 'm1',
      correlation_id: 'c1',
      user_id: Buffer.from('me'),
      content_type: 'application/json',
      content_encoding: 'utf-8',
      absolute_expiry_time: expiry,
      application_properties: { colour: 'rød', 'iothub-ack': 'full', size: types.wrap_int(5), on: true },
      body: rhea.message.data_section(Buffer.from('{}')),
    });
    expect(message).toEqual({
      messageId: 'm1',
      correlationId: 'c1',
      userId: 'me',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      expiryTimeMs: expiry,
      ack: Ack.FULL,
      properties: [
        { name: 'colour', value: 'rød' },
        { name: 'size', value: '5' },
        { name: 'on', value: 'true' },
      ],
      body: Buffer.from('{}'),
    });
  });

  it('needs none of it', () => {
    expect(read({})).toEqual({
      messageId: '',
      correlationId: '',
      userId: '',
      contentType: '',
      contentEncoding: '',
      expiryTimeMs: 0,
      ack: Ack.UNSPECIFIED,
      properties: [],
      body: Buffer.alloc(0),
    });
  });

  it.each([
    ['a ulong', types.wrap_ulong(0), '0'],
    ['a large ulong', types.wrap_ulong(Buffer.alloc(8, 0xff)), '18446744073709551615'],
    [
      'a uuid',
      types.wrap_uuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex')),
      '00112233-4455-6677-8899-aabbccddeeff',
    ],
    ['a binary', types.wrap_binary(Buffer.from('b-1')), 'b-1'],
  ])('writes a message-id and correlation-id that is %s as text', (_case, id, text) => {
    expect(read({ message_id: id, correlation_id: id })).toMatchObject({ messageId: text, correlationId: text });
  });

  it.each([
    ['none', Ack.NONE],
    ['Positive', Ack.POSITIVE],
    ['negative', Ack.NEGATIVE],
    ['full', Ack.FULL],
    ['', Ack.UNSPECIFIED],
  ])('reads iothub-ack %p', (text, ack) => {
    expect(read({ application_properties: { 'iothub-ack': text } })).toMatchObject({ ack, properties: [] });
  });

  it.each([
    ['a timestamp', types.wrap_timestamp(1_900_000_000_000), 1_900_000_000_000],
    ['a long', types.wrap_long(1_900_000_000_000), 1_900_000_000_000],
    ['a text', types.wrap_string('2030-03-17T17:46:40Z'), 1_900_000_000_000],
  ])('takes an expiry that is %s', (_case, value, expiryTimeMs) => {
    expect(read({ absolute_expiry_time: value })).toMatchObject({ expiryTimeMs });
  });

  it.each([
    ['a text that is no time', types.wrap_string('tomorrow')],
    ['a boolean', types.wrap_boolean(true)],
    ['beyond what can be told', types.wrap_long(Buffer.from('7fffffffffffffff', 'hex'))],
    ['the epoch', types.wrap_timestamp(0)],
    ['before the epoch', types.wrap_timestamp(-5)],
  ])('refuses an expiry that is %s', (_case, value) => {
    expect(refused({ absolute_expiry_time: value })).toMatch(/^ArgumentInvalid: The absolute-expiry-time/);
  });

  it.each([
    ['a text', 'text', 'text'],
    ['a binary', types.wrap_binary(Buffer.from('bin')), 'bin'],
    ['data in parts', rhea.message.data_sections([Buffer.from('a'), Buffer.from('b')]), 'ab'],
    ['empty data', rhea.message.data_section(Buffer.alloc(0)), ''],
  ])('takes a body that is %s', (_case, body, text) => {
    expect(read({ body }).body.toString()).toBe(text);
  });

  it.each([
    ['a map', { a: 1 }],
    ['a number', types.wrap_int(5)],
    ['a sequence', rhea.message.sequence_section([1])],
  ])('refuses a body that is %s', (_case, body) => {
    expect(refused({ body })).toBe('ArgumentInvalid: The body of the message must be data, a string or a binary.');
  });

  it('leaves out properties that are null, and refuses those that have no text', () => {
    expect(read({ application_properties: { gone: null, kept: 'x' } }).properties).toEqual([
      { name: 'kept', value: 'x' },
    ]);
    expect(refused({ application_properties: { list: types.wrap_list([1]) } })).toContain(
      'property list must be a text',
    );
    expect(refused({ application_properties: { bytes: types.wrap_binary(Buffer.from([0xff])) } })).toContain('bytes');
    expect(refused({ application_properties: { 'iothub-ack': 'maybe' } })).toContain('iothub-ack must be');
    expect(refused({ user_id: Buffer.from([0xff]) })).toContain('The user-id must be a text');
  });

  it('keeps properties whose names mean something elsewhere', () => {
    const application_properties = { ['__proto__']: 'p', constructor: 'c', 'message-id': 'm' };
    expect(read({ application_properties }).properties).toEqual([
      { name: '__proto__', value: 'p' },
      { name: 'constructor', value: 'c' },
      { name: 'message-id', value: 'm' },
    ]);
  });

  it('gives what can be sent on, or refuses, whatever the types', () => {
    const scalar = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.integer().map((value) => types.wrap_long(value)),
      fc.double().map((value) => types.wrap_double(value)),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => types.wrap_binary(Buffer.from(bytes))),
      fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => types.wrap_uuid(Buffer.from(bytes))),
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => types.wrap_timestamp(Buffer.from(bytes))),
      fc.string().map((text) => types.wrap_symbol(Buffer.from(text).toString('base64'))),
      fc.array(fc.integer(), { maxLength: 3 }).map((list) => types.wrap_list(list)),
    );
    const message = fc.record(
      {
        message_id: scalar,
        user_id: scalar,
        correlation_id: scalar,
        content_type: scalar,
        absolute_expiry_time: scalar,
        application_properties: fc.dictionary(fc.string(), scalar, { maxKeys: 5 }),
        body: scalar,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(message, (fields) => {
        try {
          const request = { key: undefined, message: read(fields) };
          expect(c2dqueue.EnqueueRequest.decode(c2dqueue.EnqueueRequest.encode(request).finish())).toEqual(request);
        } catch (error) {
          expect(isHubError(error) && error.error).toBe('ArgumentInvalid');
        }
      }),
      { numRuns: 500 },
    );
  });
});
