import { isIPv4 } from 'node:net';

interface HeaderParts {
  readonly version?: number;
  readonly command?: number;
  readonly family?: number;
  readonly transport?: number;
  readonly address?: string;
  readonly port?: number;
  readonly fields?: Buffer;
  readonly body?: Buffer;
}

/** A PROXY protocol v2 header, as a balancer would send it unless told to err. */
export function proxyHeader(parts: HeaderParts): Buffer {
  const { version = 2, command = 1, transport = 1, address, port = 0, fields = Buffer.alloc(0) } = parts;
  const family = parts.family ?? (address === undefined ? 0 : isIPv4(address) ? 1 : 2);
  const body =
    parts.body ?? Buffer.concat([address === undefined ? Buffer.alloc(0) : addresses(address, port), fields]);
  const head = Buffer.from('0d0a0d0a000d0a515549540a00000000', 'hex');
  head.writeUInt8((version << 4) | command, 12);
  head.writeUInt8((family << 4) | transport, 13);
  head.writeUInt16BE(body.length, 14);
  return Buffer.concat([head, body]);
}

function addresses(source: string, port: number): Buffer {
  const address = isIPv4(source) ? ipv4(source) : ipv6(source);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(port, 0);
  return Buffer.concat([address, Buffer.alloc(address.length), ports]);
}

function ipv4(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function ipv6(address: string): Buffer {
  const bytes = Buffer.alloc(16);
  address.split(':').forEach((group, index) => {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  });
  return bytes;
}
