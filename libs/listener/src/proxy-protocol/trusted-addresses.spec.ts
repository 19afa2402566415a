import { describe, expect, it } from '@jest/globals';
import { TrustedAddresses } from './trusted-addresses.js';

describe('TrustedAddresses', () => {
  it('knows addresses and networks, also as IPv4 mapped into IPv6', () => {
    const trusted = new TrustedAddresses(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);
    expect(['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.1', 'fd12::1'].map((address) => trusted.has(address))).toEqual(
      Array(4).fill(true),
    );
    expect(['11.0.0.1', '192.0.2.2', 'fe80::1', '', 'x'].map((address) => trusted.has(address))).toEqual(
      Array(5).fill(false),
    );
  });

  it.each(['10.0.0.0/33', '10.0.0', '10.0.0.0/8/8', 'fd00::/129', 'host', '10.0.0.0/', '10.0.0.0/-1'])(
    'refuses %s',
    (network) => {
      expect(() => new TrustedAddresses([network])).toThrow(network);
    },
  );
});
