import { isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(?=\d+\.)/i;
/** Groups of an IPv6 address that name the site. */
const KEPT_GROUPS = 3;

/** An address as operation records show it: `192.0.2.XXX`, `2001:db8:1::XXX`. */
export function maskedAddress(address: string): string {
  if (!isIPv6(address) || MAPPED.test(address)) {
    return address.replace(MAPPED, '').replace(/[^.]*$/, 'XXX');
  }
  const [head = ''] = address.split('::', 1);
  return `${head.split(':').slice(0, KEPT_GROUPS).join(':')}::XXX`;
}
