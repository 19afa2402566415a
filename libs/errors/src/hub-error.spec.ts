import { describe, expect, it } from '@jest/globals';
import { ERROR_CATALOGUE } from './catalogue.js';
import { HubError, isHubError } from './hub-error.js';

describe('HubError', () => {
  it('carries the code, status and condition of its row, and a tracking id of its own', () => {
    const error = new HubError('DeviceNotFound', 'No device d1.');
    expect([error.code, error.status, error.condition]).toEqual([404001, 404, 'amqp:not-found']);
    expect(error.trackingId).toMatch(/^[0-9A-F]{32}$/);
    expect(new HubError('DeviceNotFound', '').trackingId).not.toBe(error.trackingId);
    expect(isHubError(error)).toBe(true);
    expect(isHubError(new Error('x'))).toBe(false);
  });
});

describe('ERROR_CATALOGUE', () => {
  it('has each code once, and a status that the code begins with', () => {
    const codes = Object.values(ERROR_CATALOGUE).map((row) => row.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const row of Object.values(ERROR_CATALOGUE)) {
      expect(Math.floor(row.code / 1000)).toBe(row.status);
    }
  });
});
