import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isHubAudience } from './audience.js';

describe('isHubAudience', () => {
  it.each([
    ['hub.iot.test', true],
    ['hub.iot.test:5671', true],
    ['https://hub.iot.test', true],
    ['amqps://hub.iot.test/', true],
    ['amqps://hub.iot.test/messages/deviceBound', true],
    ['hub.iot.test%2Fmessages%2Fevents', true],
    ['https://iothubs.azure.net/.default', true],
    ['sb://hub.iot.test/messages/events/$management', true],
    ['sb://hub.iot.test/events', false],
    ['SB://hub.iot.test', false],
    ['sb%3A%2F%2Fhub.iot.test%2Fevents', false],
    ['hub.iot.test/devices/d1', false],
    ['hub.iot.test%2Fdevices%2Fd1', false],
    ['hub.iot.test/Devices/d1/modules/m1', false],
    ['amqps://hub.iot.test/devices/d1', false],
    ['hub.iot.test//devices/d1', false],
    ['hub.iot.test/devices', false],
  ])('%s: %p', (audience, expected) => {
    expect(isHubAudience(audience)).toBe(expected);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (audience) => typeof isHubAudience(audience) === 'boolean'));
  });
});
