import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { identityOfUser } from './access/plain-user.js';
import { parseDeviceAddress } from './device-address.js';

describe('parseDeviceAddress', () => {
  it.each([
    ['/devices/d1/messages/events', 'd1', 'events'],
    ['amqps://host:5671/devices/d%23/messages/deviceBound', 'd#', 'devicebound'],
    ['/devices/d1/modules/m1/methods/devicebound', 'd1/m1', 'methods'],
    ['devices/d1/twin', 'd1', 'twin'],
    ['/DEVICES/D1/Twin/', 'D1', 'twin'],
  ])('reads %s', (address, name, endpoint) => {
    expect(parseDeviceAddress(address)).toMatchObject({ identity: { name }, endpoint });
  });

  it.each([
    '',
    '/devices/d1',
    '/devices/d1/messages',
    '/devices//messages/events',
    '/devices/a%2Fb/messages/events',
    '/devices/d1/modules/twin',
    '/devices/d1/modules/m1/m2/twin',
    '/messages/devicebound',
    '/devices/d 1/twin',
    '$cbs',
  ])('takes %s for nothing of a device', (address) => {
    expect(parseDeviceAddress(address)).toBeUndefined();
  });

  it('gives back the ids that were encoded, and never throws', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9\-:.+%_#*?!(),=@$']{1,128}$/);
    fc.assert(
      fc.property(id, (deviceId) => {
        const address = `/devices/${encodeURIComponent(deviceId)}/messages/events`;
        expect(parseDeviceAddress(address)?.identity.name).toBe(deviceId);
      }),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((rest) => `/devices/${rest}`),
        ),
        (address) => {
          const identity = parseDeviceAddress(address)?.identity;
          expect(identity?.deviceId.includes('/') ?? false).toBe(false);
        },
      ),
    );
  });
});

describe('identityOfUser', () => {
  it.each([
    ['d1@sas.hub', 'd1'],
    ['d@1@hub.example.com', 'd@1'],
    ['d1/modules/m1@sas.hub', 'd1/m1'],
  ])('reads %s', (user, name) => {
    expect(identityOfUser(user, 'hub.example.com')?.name).toBe(name);
  });

  it.each(['service@sas.root.hub', 'd1@sas.other', 'd1', '@hub', 'a/b/c@hub', 'a/modules/@hub'])(
    'takes %s for no identity',
    (user) => {
      expect(identityOfUser(user, 'hub.example.com')).toBeUndefined();
    },
  );
});
