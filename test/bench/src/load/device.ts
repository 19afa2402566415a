import type { TLSSocket } from 'node:tls';
import type { AcknowledgedListener, LoadSender } from './load-sender.js';
import type { Address } from './messages.js';
import { connectPacket, type DeviceLogin, type PublishTemplate, publishTemplate } from './packets.js';
import { dial } from './tls-dial.js';

const CONNACK = 0x20;
const PUBACK = 0x40;
const HIGHEST_PACKET_ID = 0xffff;
const CONGESTED_BYTES = 1024 * 1024;

/** One MQTT device that keeps a number of publishes in flight. */
export class LoadDevice implements LoadSender {
  private readonly template: PublishTemplate;
  private readonly sentAt = new Float64Array(HIGHEST_PACKET_ID + 1);
  private rest: Buffer = Buffer.alloc(0);
  private nextPacketId = 1;
  private sending = false;
  /** Resolves when its connection is gone. */
  readonly closed: Promise<void>;
  private onConnack: ((code: number) => void) | undefined;

  private constructor(
    private readonly socket: TLSSocket,
    login: DeviceLogin,
    payload: Buffer,
    private readonly acknowledged: AcknowledgedListener,
  ) {
    this.template = publishTemplate(`devices/${login.clientId}/messages/events/`, payload);
    this.closed = new Promise((resolve) => void socket.on('error', () => undefined).on('close', () => resolve()));
    socket.on('data', (chunk: Buffer) => this.read(chunk));
  }

  /** Connects with TLS and CONNECT; rejects unless the answer is CONNACK 0. */
  static async connect(
    address: Address,
    login: DeviceLogin,
    { payload, acknowledged }: { payload: Buffer; acknowledged: AcknowledgedListener },
  ): Promise<LoadDevice> {
    const socket = await dial(address);
    const device = new LoadDevice(socket, login, payload, acknowledged);
    await device.login(login);
    return device;
  }

  start(inFlight: number): void {
    this.sending = true;
    for (let i = 0; i < inFlight; i++) {
      this.publish();
    }
  }

  /** Whether the network takes less than it is given. */
  get isCongested(): boolean {
    return this.socket.writableLength > CONGESTED_BYTES;
  }

  stop(): void {
    this.sending = false;
  }

  close(): void {
    this.socket.destroy();
  }

  private login(login: DeviceLogin): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onConnack = (code) => (code === 0 ? resolve() : reject(new Error(`CONNACK ${code}`)));
      this.socket.once('error', reject);
      this.socket.once('close', () => {
        this.sending = false;
        reject(new Error(`${login.clientId}: closed`));
      });
      this.socket.write(connectPacket(login));
    });
  }

  publish(): void {
    const id = this.nextPacketId;
    this.nextPacketId = id === HIGHEST_PACKET_ID ? 1 : id + 1;
    const bytes = Buffer.from(this.template.bytes);
    bytes.writeUInt16BE(id, this.template.packetIdAt);
    this.sentAt[id] = performance.now();
    this.socket.write(bytes);
  }

  private read(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    // CONNACK and PUBACK are four bytes each; nothing else is sent to a device that subscribes to nothing.
    const answers: number[] = [];
    for (; at + 4 <= bytes.length; at += 4) {
      if (bytes[at] === PUBACK) {
        answers.push(bytes.readUInt16BE(at + 2));
      } else if (bytes[at] === CONNACK) {
        this.onConnack?.(bytes[at + 3] ?? 0xff);
      } else {
        throw new Error(`unexpected packet 0x${bytes[at]?.toString(16)}`);
      }
    }
    this.rest = bytes.subarray(at);
    this.answer(answers);
  }

  private answer(packetIds: readonly number[]): void {
    const now = performance.now();
    this.socket.cork();
    for (const id of packetIds) {
      this.acknowledged(now - (this.sentAt[id] ?? now));
      if (this.sending) {
        this.publish();
      }
    }
    this.socket.uncork();
  }
}
