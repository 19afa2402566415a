import { describe, expect, it } from '@jest/globals';
import { ReceivedMessage } from '@mooring/amqp';
import { isHubError } from '@mooring/errors';
import fc from 'fast-check';
import rhea from 'rhea';
import { encodeMethodRequest, readMethodReply } from './method-messages.js';

const digit = fc.constantFrom(...'0123456789abcdef');

describe('the correlation-id of a method', () => {
  it('gives the request id back', () => {
    const id = fc.array(digit, { minLength: 24, maxLength: 24 }).map((digits) => digits.join(''));
    fc.assert(
      fc.property(id, fc.string(), (requestId, name) => {
        const encoded = encodeMethodRequest({ requestId, name, payload: Buffer.from('x') });
        const { correlation_id: correlationId } = rhea.message.decode(encoded);
        const reply = rhea.message.encode({
          correlation_id: rhea.types.wrap_uuid(correlationId as never),
          application_properties: { 'IoThub-status': 200 },
          body: null,
        } as never);
        expect(readMethodReply(ReceivedMessage.read(reply))).toMatchObject({ requestId, status: 200 });
      }),
    );
  });

  it('may be anything, and is then of no call', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.nat(), fc.uint8Array()),
        fc.oneof(fc.string(), fc.integer()),
        (id, status) => {
          const reply = rhea.message.encode({
            correlation_id: id instanceof Uint8Array ? rhea.types.wrap_binary(Buffer.from(id)) : id,
            application_properties: { 'IoThub-status': status },
            body: null,
          } as never);
          try {
            expect(readMethodReply(ReceivedMessage.read(reply)).requestId).toBe('');
          } catch (error) {
            expect(isHubError(error)).toBe(true);
          }
        },
      ),
    );
  });
});
