import { describe, expect, it } from '@jest/globals';
import { token } from '../mqtt-client.spec-support.js';
import { isDeviceRequest } from './device-paths.js';

const POLICY = token('d1', { policy: 'service' });

describe('a request where devices and back ends come to the same port', () => {
  it.each([
    ['POST', '/devices/d1/messages/events?api-version=2021-04-12', true],
    ['POST', '/Devices/d%231/Modules/m1/Messages/Events/', true],
    ['PUT', '/devices/d1/messages/events', true],
    ['GET', '/devices/d1/messages/devicebound', true],
    ['GET', '/devices/d1/messages/deviceBound?api-version=x', true],
    ['POST', '/devices/d1/messages/deviceBound', false],
    ['DELETE', '/devices/d1/messages/devicebound/lock?reject', true],
    ['POST', '/devices/d1/messages/devicebound/lock/abandon', true],
    ['GET', '/devices/d1', false],
    ['GET', '/devices/d1/modules/m1', false],
    ['DELETE', '/devices/d1/commands', false],
    ['GET', '/devices?x=/devices/d1/messages/events', false],
    ['GET', '/messages/serviceBound/feedback', false],
    ['POST', '/x/devices/d1/messages/events', false],
    ['GET', '', false],
  ])('%s %s is the device’s: %s', (method, url, expected) => {
    expect(isDeviceRequest({ method, url, headers: { authorization: POLICY } })).toBe(expected);
  });

  it.each([
    ['the token of a module', { authorization: token('d1/m1') }, true],
    ['a token of a policy', { authorization: POLICY }, false],
    ['a token of a policy, for a module', { authorization: POLICY, 'x-ms-edge-moduleid': 'd1/m1' }, true],
    ['the certificate of a module', { 'x-ms-edge-moduleid': 'd1/m1' }, true],
    ['a bearer token', { authorization: 'Bearer x' }, false],
    ['nonsense', { authorization: 'nonsense' }, false],
    ['nothing', {}, false],
  ])('to call a method with %s is a module’s: %s', (_, headers, expected) => {
    expect(isDeviceRequest({ method: 'POST', url: '/twins/d1/modules/m2/methods', headers })).toBe(expected);
    expect(isDeviceRequest({ method: 'GET', url: '/twins/d1', headers })).toBe(false);
  });
});
