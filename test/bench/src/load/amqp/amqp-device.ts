import type { AcknowledgedListener, LoadSender } from '../load-sender.js';
import type { DeviceLogin } from '../packets.js';
import type { AmqpConnection } from './amqp-connection.js';
import { attach, FRAME, flow, type Link, type TransferTemplate, transferTemplate } from './frames.js';

const ACCEPTED = 0x24;
/** Deliveries whose time is kept: more than credit allows. */
const KEPT = 4096;

export interface AmqpDeviceOptions {
  readonly channel: number;
  /** The first of two that are free. */
  readonly handle: number;
  /** Of the session's next delivery. */
  readonly firstDeliveryId: number;
  readonly payload: Buffer;
  /** Whether it receives messages from the cloud too. */
  readonly receiving: boolean;
  readonly acknowledged: AcknowledgedListener;
}

/** One device with a session on an AMQP connection that its token was put on; it keeps a number of transfers in flight. */
export class AmqpDevice implements LoadSender {
  private readonly template: TransferTemplate;
  private readonly sentAt = new Float64Array(KEPT);
  private nextDeliveryId: number;
  private sending = false;

  private constructor(
    private readonly connection: AmqpConnection,
    { channel, handle, firstDeliveryId, payload, acknowledged }: AmqpDeviceOptions,
  ) {
    this.template = transferTemplate(channel, handle, payload);
    this.nextDeliveryId = firstDeliveryId;
    connection.listeners.set(channel, (descriptor, frame) => {
      if (descriptor === FRAME.disposition) {
        this.disposed(frame, acknowledged);
      }
    });
  }

  /** Attaches its links. */
  static async attach(
    connection: AmqpConnection,
    { clientId }: DeviceLogin,
    options: AmqpDeviceOptions,
  ): Promise<AmqpDevice> {
    const { channel, handle, receiving } = options;
    const events: Link = { channel, handle, role: 'sender', address: `/devices/${clientId}/messages/events` };
    await connection.ask(attach(events), FRAME.flow, channel);
    if (receiving) {
      const address = `/devices/${clientId}/messages/devicebound`;
      const messages: Link = { channel, handle: handle + 1, role: 'receiver', address };
      await connection.ask(attach(messages), FRAME.attach, channel);
      connection.write(flow(messages, 10));
    }
    return new AmqpDevice(connection, options);
  }

  start(inFlight: number): void {
    this.sending = true;
    for (let i = 0; i < inFlight; i++) {
      this.publish();
    }
  }

  stop(): void {
    this.sending = false;
  }

  publish(): void {
    const id = this.nextDeliveryId++;
    const bytes = Buffer.from(this.template.bytes);
    bytes.writeUInt32BE(id, this.template.deliveryIdAt);
    this.sentAt[id % KEPT] = performance.now();
    this.connection.write(bytes);
  }

  close(): void {
    this.connection.close();
  }

  /** The hub writes all fields out: role at 20, first at 22, last at 27, settled at 31, the state behind. */
  private disposed(frame: Buffer, acknowledged: AcknowledgedListener): void {
    if (frame[34] !== ACCEPTED) {
      throw new Error(`a message was not accepted: ${frame.toString('latin1')}`);
    }
    const now = performance.now();
    const last = frame.readUInt32BE(27);
    for (let id = frame.readUInt32BE(22); id <= last; id++) {
      acknowledged(now - (this.sentAt[id % KEPT] ?? now));
      if (this.sending) {
        this.publish();
      }
    }
  }
}
