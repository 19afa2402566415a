import { connect, type Socket } from 'node:net';
import { amqpTypes, encodeValue } from '../engine/typed-values.js';
import { PERFORMATIVE } from '../frames/performative.js';
import { protocolHeader } from '../frames/protocol-header.js';

/** A frame of AMQP with any fields, plain values or typed ones, right or wrong. */
export function rawFrame(descriptor: number, fields: readonly unknown[], more: RawFrameOptions = {}): Buffer {
  const list = amqpTypes.described(amqpTypes.wrap_ulong(descriptor), amqpTypes.wrap_list(fields));
  return rawBytes(Buffer.concat([encodeValue(list), more.payload ?? Buffer.alloc(0)]), more.channel ?? 0);
}

export interface RawFrameOptions {
  readonly channel?: number;
  readonly payload?: Buffer;
}

/** A frame around any bytes. */
export function rawBytes(body: Buffer, channel = 0, type = 0): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 2, type, channel >> 8, channel & 0xff]);
  head.writeUInt32BE(8 + body.length, 0);
  return Buffer.concat([head, body]);
}

const { wrap_uint: uint, wrap_ulong: ulong } = amqpTypes;

/** `source` or `target` with an address. */
export function terminus(descriptor: 0x28 | 0x29, address: string): unknown {
  return amqpTypes.described(ulong(descriptor), amqpTypes.wrap_list([address]));
}

/** Well-formed frames of a client that sends to `in` on handle 0 of channel 0. */
export const FRAMES = {
  header: protocolHeader('amqp'),
  open: rawFrame(PERFORMATIVE.open, ['raw', 'localhost', uint(65_536), amqpTypes.wrap_ushort(10), uint(60_000)]),
  begin: rawFrame(PERFORMATIVE.begin, [null, uint(0), uint(100), uint(100)]),
  attach: attachSender('sender', 0),
  transfer: transferFrame({ id: 0 }),
  detach: rawFrame(PERFORMATIVE.detach, [uint(0), true]),
  end: rawFrame(PERFORMATIVE.end, []),
  close: rawFrame(PERFORMATIVE.close, []),
} as const;

export function attachSender(name: string, handle: number): Buffer {
  return rawFrame(PERFORMATIVE.attach, [
    name,
    uint(handle),
    false,
    amqpTypes.wrap_ubyte(2),
    amqpTypes.wrap_ubyte(0),
    terminus(0x28, 'here'),
    terminus(0x29, 'in'),
    null,
    null,
    uint(0),
  ]);
}

export interface TransferOptions {
  readonly id?: number | undefined;
  readonly more?: boolean;
  readonly payload?: Buffer;
  readonly aborted?: boolean;
  readonly settled?: boolean;
  readonly handle?: number;
}

/** A transfer of an AmqpValue "x", unless another payload is given. */
export function transferFrame({ id, more, payload, aborted, settled, handle }: TransferOptions): Buffer {
  return rawFrame(
    PERFORMATIVE.transfer,
    [
      uint(handle ?? 0),
      id === undefined ? null : uint(id),
      id === undefined ? null : amqpTypes.wrap_binary(Buffer.from([id])),
      uint(0),
      settled ?? false,
      more ?? false,
      null,
      null,
      false,
      aborted ?? false,
    ],
    { payload: payload ?? Buffer.from([0, 0x53, 0x77, 0xa1, 1, 0x78]) },
  );
}

/** A client that writes what it likes. */
export class RawPeer {
  readonly received: Buffer[] = [];
  private readonly ended: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => this.received.push(chunk));
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async connect(port: number): Promise<RawPeer> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new RawPeer(socket);
  }

  send(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Frames received so far, after the protocol headers; each as its descriptor and all its bytes. */
  frames(): { descriptor: number | undefined; bytes: Buffer }[] {
    const frames: { descriptor: number | undefined; bytes: Buffer }[] = [];
    let rest = Buffer.concat(this.received);
    while (rest.length >= 8) {
      const size = rest.toString('latin1', 0, 4) === 'AMQP' ? 8 : rest.readUInt32BE(0);
      if (size !== 8 || rest.toString('latin1', 0, 4) !== 'AMQP') {
        frames.push({ descriptor: size > 10 ? rest[10] : undefined, bytes: rest.subarray(0, size) });
      }
      rest = rest.subarray(size);
    }
    return frames;
  }

  /** Waits for a frame with the descriptor. */
  async frame(descriptor: number, count = 1): Promise<Buffer> {
    for (;;) {
      const found = this.frames().filter((frame) => frame.descriptor === descriptor);
      const wanted = found[count - 1];
      if (wanted !== undefined) {
        return wanted.bytes;
      }
      await new Promise((resolve) => this.socket.once('data', resolve));
    }
  }

  /** Resolves when the server has closed the connection. */
  closed(): Promise<void> {
    return this.ended;
  }
}
