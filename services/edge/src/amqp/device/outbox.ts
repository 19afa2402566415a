import { DeviceSource } from './device-link.js';

const MAX_BYTES = 256 * 1024;
const MAX_MESSAGES = 100;

/** The hub's end of a link on which a device receives settled messages; they wait for its credit, so many and no more. */
export class Outbox extends DeviceSource {
  private readonly waiting: Buffer[] = [];
  private bytes = 0;

  /** Whether the device has given credit: it listens. */
  get hasCredit(): boolean {
    return this.link !== undefined && this.link.credit > 0;
  }

  /** Whether so much waits that nothing more should be given to it. */
  get isFull(): boolean {
    return this.waiting.length >= MAX_MESSAGES || this.bytes > MAX_BYTES;
  }

  /** Sends a message, now or when the device takes it; one that finds no room is lost. */
  send(message: Buffer): void {
    if (!this.isFull) {
      this.waiting.push(message);
      this.bytes += message.length;
      this.sendable();
    }
  }

  sendable(): void {
    while (this.link?.sendable()) {
      const message = this.waiting.shift();
      if (message === undefined) {
        return;
      }
      this.bytes -= message.length;
      this.link.sendSettled(message);
    }
  }

  resume(): void {
    this.sendable();
  }
}
