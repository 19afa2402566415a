/**
 * PROXY protocol version 2, the binary header by which a balancer tells whose connection it passes on
 * (haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2.2).
 */

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const FIXED_BYTES = 16;
/** Balancers add a few type-length-value fields (ids of endpoints, TLS facts) to at most 36 bytes of addresses. */
const MAX_BYTES = 2048;
const VERSION = 2;
const COMMAND = { local: 0, proxy: 1 } as const;
const FAMILY = { unspecified: 0, inet: 1, inet6: 2, unix: 3 } as const;
const TRANSPORT_STREAM = 1;
const ADDRESS_BYTES = { [FAMILY.inet]: 12, [FAMILY.inet6]: 36, [FAMILY.unix]: 216 } as const;

export interface ProxyHeader {
  /** Bytes that the header takes. */
  readonly length: number;
  /** The client; undefined where the connection is the balancer's own (health checks) or has no internet address. */
  readonly source: { readonly address: string; readonly port: number } | undefined;
}

/** Reads the header that `bytes` begins with; `incomplete` as long as more could make it one. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  const known = Math.min(bytes.length, SIGNATURE.length);
  if (bytes.compare(SIGNATURE, 0, known, 0, known) !== 0) {
    return 'malformed';
  }
  if (bytes.length < FIXED_BYTES) {
    return 'incomplete';
  }
  const length = FIXED_BYTES + bytes.readUInt16BE(14);
  const versionAndCommand = bytes.readUInt8(12);
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >> 4 !== VERSION || command > COMMAND.proxy || length > MAX_BYTES) {
    return 'malformed';
  }
  if (bytes.length < length) {
    return 'incomplete';
  }
  // "The receiver must ignore the address and the transport" of its balancer's own connections.
  return command === COMMAND.local ? { length, source: undefined } : readSource(bytes, length);
}

function readSource(bytes: Buffer, length: number): ProxyHeader | 'malformed' {
  const family = bytes.readUInt8(13) >> 4;
  const transport = bytes.readUInt8(13) & 0x0f;
  if (family === FAMILY.unspecified) {
    return { length, source: undefined };
  }
  if (family !== FAMILY.inet && family !== FAMILY.inet6 && family !== FAMILY.unix) {
    return 'malformed';
  }
  const fields = FIXED_BYTES + ADDRESS_BYTES[family];
  if (transport !== TRANSPORT_STREAM || fields > length || !fieldsFit(bytes, fields, length)) {
    return 'malformed';
  }
  if (family === FAMILY.unix) {
    return { length, source: undefined };
  }
  return family === FAMILY.inet
    ? { length, source: { address: ipv4(bytes, 16), port: bytes.readUInt16BE(24) } }
    : { length, source: { address: ipv6(bytes, 16), port: bytes.readUInt16BE(48) } };
}

/** Whether the type-length-value fields end exactly where the header does. */
function fieldsFit(bytes: Buffer, from: number, end: number): boolean {
  let at = from;
  while (at + 3 <= end) {
    at += 3 + bytes.readUInt16BE(at + 1);
  }
  return at === end;
}

function ipv4(bytes: Buffer, at: number): string {
  return bytes.subarray(at, at + 4).join('.');
}

/** All eight groups, without the short form; mapped IPv4 as IPv4. */
function ipv6(bytes: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(at + 2 * index));
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return mapped ? ipv4(bytes, at + 12) : groups.map((group) => group.toString(16)).join(':');
}
