import { describe, expect, it } from '@jest/globals';
import { isHubError } from '@mooring/errors';
import fc from 'fast-check';
import { destinationOf } from './destination.js';

const read = (to: string) => destinationOf({ kind: 'string', value: to });

describe('destinationOf', () => {
  it.each([
    ['/devices/d1/messages/devicebound', 'd1', ''],
    ['/Devices/D1/Messages/deviceBound', 'D1', ''],
    ['amqps://hub.iot.test/devices/d1/messages/deviceBound', 'd1', ''],
    ['/devices/d1/modules/m1/messages/deviceBound', 'd1', 'm1'],
    ['/devices/a%23b/modules/%24edgeHub/messages/devicebound', 'a#b', '$edgeHub'],
    ['/devices/a#b?c/messages/devicebound', 'a#b?c', ''],
    ['/devices/50%/messages/devicebound', '50%', ''],
    ['/devices/50%25/messages/devicebound', '50%', ''],
    ['/devices/a%2Fb/messages/devicebound', 'a%2Fb', ''],
    ['/devices/a+b/messages/devicebound', 'a+b', ''],
  ])('finds the identity of %s', (to, deviceId, moduleId) => {
    expect(read(to)).toEqual({ deviceId, moduleId });
  });

  it.each([
    '',
    'd1',
    '/devices/d1',
    '/devices//messages/devicebound',
    '/devices/d 1/messages/devicebound',
    '/devices/d1/messages/events',
    '/devices/d1/modules//messages/devicebound',
    '/devices/d1/modules/m1/x/messages/devicebound',
    '/devices/d1/messages/devicebound/more',
    `/devices/${'d'.repeat(129)}/messages/devicebound`,
    'https://hub.iot.test/devices/d1/messages/devicebound',
  ])('refuses %s', (to) => {
    expect(() => read(to)).toThrow('/devices/{deviceId}/messages/devicebound');
  });

  it('refuses what is no text', () => {
    expect(() => destinationOf(undefined)).toThrow('property to');
    expect(() => destinationOf({ kind: 'integer', value: 5 })).toThrow('property to');
  });

  it('finds any id, encoded, and takes any text', () => {
    const id = fc.string({ unit: fc.constantFrom(..."abcXYZ019-:.+%_#*?!(),=@$'"), minLength: 1, maxLength: 128 });
    fc.assert(
      fc.property(id, id, (deviceId, moduleId) => {
        const [device, module] = [deviceId, moduleId].map(encodeURIComponent);
        expect(read(`/devices/${device}/messages/devicebound`)).toEqual({ deviceId, moduleId: '' });
        expect(read(`/devices/${device}/modules/${module}/messages/deviceBound`)).toEqual({ deviceId, moduleId });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          read(`/devices/${text}/messages/devicebound`);
        } catch (error) {
          expect(isHubError(error)).toBe(true);
        }
      }),
    );
  });
});
