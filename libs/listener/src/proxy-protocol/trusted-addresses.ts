import { BlockList, isIP } from 'node:net';

/** Addresses of balancers whose PROXY headers are believed. */
export class TrustedAddresses {
  private readonly list = new BlockList();
  readonly none: boolean;

  /**
   * @param networks `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`, …
   * @throws RangeError that names the one that is no address or network
   */
  constructor(networks: readonly string[]) {
    this.none = networks.length === 0;
    for (const network of networks) {
      this.add(network);
    }
  }

  has(address: string): boolean {
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
    const version = isIP(plain);
    return version !== 0 && this.list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  }

  private add(network: string): void {
    const [address = '', prefix, ...more] = network.split('/');
    const version = isIP(address);
    const bits = version === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (version === 0 || more.length > 0 || !(length <= bits)) {
      throw new RangeError(`Not an address or a network in CIDR form: ${network}`);
    }
    this.list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
  }
}
