import { describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { errorOfFailure, failureOf } from './failure.js';

describe('the failure of an item', () => {
  it('is the same error at both ends', () => {
    const error = new HubError('DeviceNotFound', 'There is no device d.');
    const read = errorOfFailure(failureOf(error));
    expect(read).toMatchObject({
      error: error.error,
      message: error.message,
      trackingId: error.trackingId,
      code: 404001,
    });
  });

  it('tells nothing of what was not meant for the caller', () => {
    expect(failureOf(new Error('password'))).toMatchObject({ error: 'ServerError' });
    expect(failureOf(new Error('password')).message).not.toContain('password');
  });

  it('of a newer release is an error all the same', () => {
    expect(errorOfFailure({ error: 'Unheard', message: 'm', trackingId: '' })).toMatchObject({ error: 'ServerError' });
  });
});
