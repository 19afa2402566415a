import { describe, expect, it } from '@jest/globals';
import { identityName, keyOfName, nameOfKey } from './identity-name.js';

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
});
