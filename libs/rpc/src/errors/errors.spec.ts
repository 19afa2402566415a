import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CATALOGUE, type ErrorName, HubError } from '@mooring/errors';
import fc from 'fast-check';
import { errorFrom } from './error-from.js';
import { asHubError, statusOf } from './status-of.js';

/** What grpc-js makes of a status on its way: percent-encoded trailers. */
function cross(answered: ReturnType<typeof statusOf>) {
  const metadata = answered.metadata?.clone() ?? new Metadata();
  const details = decodeURI(encodeURI(answered.details));
  return Object.assign(new Error(details), { code: answered.code, details, metadata });
}

describe('an error that crosses', () => {
  it.each(Object.keys(ERROR_CATALOGUE) as ErrorName[])('arrives as it was: %s', (name) => {
    const sent = new HubError(name, 'Device "d 1" is unknown: 100 % sure.');
    const { error, message, code, trackingId } = errorFrom(cross(statusOf(sent)), 'identity');
    expect([error, message, code, trackingId]).toEqual([sent.error, sent.message, sent.code, sent.trackingId]);
  });

  it('arrives with its message whatever that holds', () => {
    const messages = fc.string({ unit: 'binary', maxLength: 500 });
    fc.assert(
      fc.property(messages, (message) => {
        expect(errorFrom(cross(statusOf(new HubError('ServerError', message))), 'x').message).toBe(
          message.toWellFormed(),
        );
      }),
    );
  });

  it('is never too long to be sent, nor unfit for a header', () => {
    const error = new HubError('ServerError', '\ud800€'.repeat(100_000), { trackingId: 'a\r\nb: c' });
    const answered = statusOf(error);
    expect(encodeURI(answered.details).length).toBeLessThan(40_000);
    expect(errorFrom(cross(answered), 'x').trackingId).toMatch(/^[0-9A-F]{32}$/);
  });

  it('is ServerError with a tracking id, and nothing of what was thrown, if it is not a HubError', () => {
    const hidden = asHubError(new TypeError('password is x'));
    const { error, message, trackingId } = errorFrom(cross(statusOf(hidden)), 'identity');
    expect([error, trackingId]).toEqual(['ServerError', hidden.trackingId]);
    expect(message).not.toContain('password');
  });

  it.each([
    [status.NOT_FOUND, 'ResourceNotFound'],
    [status.UNAVAILABLE, 'ServiceUnavailable'],
    [status.OUT_OF_RANGE, 'ServerError'],
  ])('is the nearest known one if a newer release made it up (status %d)', (code, expected) => {
    const metadata = new Metadata();
    metadata.set('mooring-error', 'toString');
    const { error, message } = errorFrom(Object.assign(new Error(), { code, details: 'It says.', metadata }), 'x');
    expect([error, message]).toEqual([expected, 'It says.']);
  });
});

describe('a failure on the way', () => {
  it.each([
    [status.UNAVAILABLE, 'No connection to 10.0.0.7', 'ServiceUnavailable'],
    [status.CANCELLED, '', 'ServiceUnavailable'],
    [status.UNIMPLEMENTED, '', 'ServiceUnavailable'],
    [status.DEADLINE_EXCEEDED, '', 'GatewayTimeout'],
    [status.RESOURCE_EXHAUSTED, 'Received message larger than max', 'MessageTooLarge'],
    [status.RESOURCE_EXHAUSTED, 'Bandwidth exhausted', 'ThrottlingException'],
    [status.INTERNAL, 'at file:///x.js', 'ServerError'],
    [status.UNAUTHENTICATED, '', 'ServerError'],
  ])('with status %d (%j) is %s, without its details', (code, details, expected) => {
    const cause = Object.assign(new Error(details), { code, details, metadata: new Metadata() });
    const error = errorFrom(cause, 'identity');
    expect([error.error, error.cause]).toEqual([expected, cause]);
    expect(error.message).toContain('identity');
    if (details !== '') {
      expect(error.message).not.toContain(details);
    }
  });
});
