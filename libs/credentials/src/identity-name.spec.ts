import { describe, expect, it } from '@jest/globals';
import { identityName, isDeviceName, keyOfName, moduleNames, nameOfKey } from './identity-name.js';

describe('the name of an identity', () => {
  it.each([
    ['d', { deviceId: 'd', moduleId: '' }],
    ['d/m', { deviceId: 'd', moduleId: 'm' }],
  ])('says all of its key: %s', (name, key) => {
    expect(identityName(key.deviceId, key.moduleId)).toBe(name);
    expect(nameOfKey(key)).toBe(name);
    expect(keyOfName(name)).toEqual(key);
  });

  it.each([
    undefined,
    {},
    { deviceId: '', moduleId: 'm' },
    { deviceId: 'd/m', moduleId: '' },
    { deviceId: 'd', moduleId: 'm/n' },
    { deviceId: 'd', moduleId: 'a b' },
  ])('is not there for what cannot be one: %j', (key) => {
    expect(nameOfKey(key)).toBeUndefined();
  });

  it('tells devices from modules, all of which lie between two names', () => {
    expect([isDeviceName('d'), isDeviceName('d/m')]).toEqual([true, false]);
    const [from, before] = moduleNames('d');
    const names = ['d', 'd!', 'd-/m', 'd/!', 'd/m', 'd/z', 'd0', 'd0/m', 'e'];
    expect(names.filter((name) => name >= from && name < before)).toEqual(['d/!', 'd/m', 'd/z']);
  });
});
