import { expect } from '@jest/globals';
import { eventually } from '../contract/support.js';
import type { Appender, AppendOrigin, StoredRecord } from '../port.js';

const DEVICES = 12;
const IN_FLIGHT = 5;
const VALUE_BYTES = 200;

/** Devices that publish without end, some messages in flight each, and send again what their closed connections left open. */
export class TestDevices {
  readonly count = DEVICES;
  private readonly devices: readonly TestDevice[];

  constructor(appender: Appender) {
    this.devices = Array.from({ length: DEVICES }, (_, i) => new TestDevice(`device-${i}`, appender));
    for (const device of this.devices) {
      device.publish();
    }
  }

  get acknowledged(): number {
    return this.acknowledgedEach.reduce((sum, count) => sum + count, 0);
  }

  /** Acknowledged messages of each device. */
  get acknowledgedEach(): readonly number[] {
    return this.devices.map((device) => device.acknowledged.length);
  }

  /** How many connections were closed because a batch was given up. */
  get failures(): number {
    return this.devices.reduce((sum, device) => sum + device.failures, 0);
  }

  acknowledgedMore(count: number): Promise<void> {
    const goal = this.acknowledged + count;
    return eventually(() => this.acknowledged >= goal, `${count} more acknowledgements`);
  }

  stop(): void {
    for (const device of this.devices) {
      device.stopped = true;
    }
  }

  /** Everything acknowledged is stored, and each device's messages occur in order for the first time. */
  check(stored: readonly StoredRecord[]): void {
    for (const device of this.devices) {
      const own = stored.filter((record) => record.key === device.key).map(numberOf);
      const first = [...new Set(own)];
      expect(first).toEqual([...first].sort((a, b) => a - b));
      const known = new Set(first);
      expect(device.acknowledged.filter((number) => !known.has(number))).toEqual([]);
    }
  }
}

function numberOf(record: StoredRecord): number {
  return Number(record.value.toString().trim().split(' ')[1]);
}

class TestDevice {
  readonly acknowledged: number[] = [];
  failures = 0;
  stopped = false;
  private unacknowledged: number[] = [];
  private next = 0;
  private connection: AppendOrigin;

  constructor(
    readonly key: string,
    private readonly appender: Appender,
  ) {
    this.connection = this.connect();
  }

  publish(): void {
    while (!this.stopped && this.unacknowledged.length < IN_FLIGHT) {
      const number = this.next++;
      this.unacknowledged.push(number);
      this.send(number);
    }
  }

  private connect(): AppendOrigin {
    return {
      appended: (number) => {
        this.acknowledged.push(number);
        this.unacknowledged = this.unacknowledged.filter((one) => one !== number);
      },
      appendedAll: () => this.publish(),
      appendFailed: () => {
        this.failures++;
        this.connection = this.connect();
        for (const number of this.unacknowledged) {
          this.send(number);
        }
      },
      appendable: () => undefined,
    };
  }

  private send(number: number): void {
    // Padded, so that all batches of as many records are equally long.
    const value = Buffer.from(`${this.key} ${number}`.padEnd(VALUE_BYTES));
    this.appender.append({ key: this.key, headers: {}, value }, this.connection, number);
  }
}
