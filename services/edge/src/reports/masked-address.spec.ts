import { expect, it } from '@jest/globals';
import { maskedAddress } from './masked-address.js';

it.each([
  ['192.0.2.17', '192.0.2.XXX'],
  ['::ffff:192.0.2.17', '192.0.2.XXX'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::XXX'],
  ['2001:db8::1', '2001:db8::XXX'],
  ['::1', '::XXX'],
  ['', 'XXX'],
])('%s is shown as %s', (address, shown) => {
  expect(maskedAddress(address)).toBe(shown);
});
