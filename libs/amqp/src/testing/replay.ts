import { duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { AmqpServer } from '../amqp-server.js';
import { FRAME_TYPE } from '../frames/frame-reader.js';
import { PERFORMATIVE } from '../frames/performative.js';
import { FieldTable } from '../guard/field-table.js';

const SASL_OUTCOME = 0x44;
/** Stands for a protocol header among descriptors. */
const HEADER = -1;

/** Client of a server without a network between: what it writes arrives in the same pieces. */
export class MemoryPeer {
  private readonly received: Buffer[] = [];
  /** Of each descriptor. */
  private readonly counts = new Map<number, number>();
  private taken: Buffer = Buffer.alloc(0);
  private readonly stream;
  closed = false;

  constructor(server: AmqpServer) {
    const [client, accepted] = duplexPair();
    this.stream = client;
    client.on('data', (chunk: Buffer) => this.read(chunk));
    client.on('error', () => undefined);
    const gone = () => {
      this.closed = true;
    };
    client.on('end', gone);
    client.on('close', gone);
    accepted.on('close', gone);
    server.accept(accepted, {
      remoteAddress: '127.0.0.1',
      remotePort: 1,
      transport: 'tcp',
      clientCertificates: [],
    });
  }

  /** Headers and frames that the server has sent. */
  get frames(): readonly Buffer[] {
    return this.received;
  }

  write(bytes: Buffer): void {
    if (!this.closed) {
      this.stream.write(bytes);
    }
  }

  end(): void {
    this.stream.end();
  }

  /** Writes a header or frame, in the pieces that it is given in, and waits for what a server answers it with. */
  async ask(frame: Buffer, pieces: readonly Buffer[] = [frame]): Promise<void> {
    const awaited = answersTo(frame).map((descriptor) => ({ descriptor, count: this.count(descriptor) + 1 }));
    for (const piece of pieces) {
      this.write(piece);
      await turn();
    }
    while (!this.closed && awaited.some(({ descriptor, count }) => this.count(descriptor) < count)) {
      await turn();
    }
  }

  private count(descriptor: number): number {
    return this.counts.get(descriptor) ?? 0;
  }

  private read(chunk: Buffer): void {
    this.taken = Buffer.concat([this.taken, chunk]);
    while (this.taken.length >= 8) {
      const size = isHeader(this.taken) ? 8 : this.taken.readUInt32BE(0);
      if (this.taken.length < size) {
        return;
      }
      const frame = this.taken.subarray(0, size);
      this.received.push(frame);
      this.counts.set(descriptorOf(frame), this.count(descriptorOf(frame)) + 1);
      this.taken = this.taken.subarray(size);
    }
  }
}

export function isHeader(frame: Buffer): boolean {
  return frame.toString('latin1', 0, 4) === 'AMQP';
}

export function descriptorOf(frame: Buffer): number {
  return isHeader(frame) ? HEADER : frame.length > 10 ? frame.readUInt8(10) : 0;
}

/** Descriptors of the frames that a server answers a good frame of a client with, which it takes. */
function answersTo(frame: Buffer): readonly number[] {
  const descriptor = descriptorOf(frame);
  if (descriptor === HEADER) {
    return [HEADER];
  }
  if (frame.readUInt8(5) === FRAME_TYPE.sasl) {
    return [SASL_OUTCOME];
  }
  const fields = new FieldTable();
  switch (descriptor) {
    case PERFORMATIVE.attach:
      fields.read(frame, 8, frame.length);
      return fields.boolean(2) === true ? [PERFORMATIVE.attach] : [PERFORMATIVE.attach, PERFORMATIVE.flow];
    case PERFORMATIVE.transfer:
      fields.read(frame, 8, frame.length);
      return fields.boolean(4) === true || fields.boolean(5) === true ? [] : [PERFORMATIVE.disposition];
    case PERFORMATIVE.flow:
    case PERFORMATIVE.disposition:
    case 0:
      return [];
    default:
      return [descriptor];
  }
}
