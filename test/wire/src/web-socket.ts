/** WebSocket byte by byte, as clients send it, right or wrong. */

export interface Upgrade {
  readonly method?: string;
  readonly path?: string;
  readonly subprotocol?: string;
  readonly version?: string;
  readonly key?: string;
  /** More headers, or other values of these; one whose value is empty is left out. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** A request to open a WebSocket; a header whose value is empty is left out. */
export function upgrade({
  method = 'GET',
  path = '/$iothub/websocket',
  subprotocol = 'mqtt',
  version = '13',
  key = 'dGhlIHNhbXBsZSBub25jZQ==',
  headers = [],
}: Upgrade = {}): string {
  const usual = new Map([
    ['Host', 'hub'],
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', version],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Protocol', subprotocol],
  ]);
  for (const [name] of headers) {
    usual.delete(name);
  }
  const all = [...usual, ...headers].filter(([, value]) => value !== '');
  return `${[`${method} ${path} HTTP/1.1`, ...all.map((header) => header.join(': '))].join('\r\n')}\r\n\r\n`;
}

const MASK = Buffer.from([1, 2, 3, 4]);

/** A frame, masked. @param first FIN, reserved bits and opcode */
export function webSocketFrame(first: number, payload: Buffer): Buffer {
  const length = payload.length;
  const head = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0)));
  return Buffer.concat([Buffer.from([first, ...head]), MASK, masked]);
}

/** The head of a frame that says to be so long. */
export function announcedFrame(first: number, length: bigint): Buffer {
  const head = Buffer.from([first, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(length, 2);
  return Buffer.concat([head, MASK]);
}
