import { type HubAccess, until } from '@mooring/test-parts';
import { NumberedDevice, type NumberedDeviceOptions } from './device/numbered-device.js';
import { judge, NUMBERS, type Verdict } from './history/history.js';
import { readNumbers } from './history/read-numbers.js';
import { registerDevices } from './register-devices.js';

const ANSWER_TIMEOUT_MS = 60_000;

export interface FleetOptions {
  /** What differs from a device that sends all it may to the hub's own name, with 1 to 20 messages in flight. */
  readonly configure?: (index: number) => Partial<NumberedDeviceOptions>;
  /** Per device, the numbers in the order in which the log holds them; by the Event Hubs client unless given. */
  readonly read?: () => Promise<ReadonlyMap<string, readonly number[]>>;
}

/** Devices that send numbers. */
export class Fleet {
  private readonly rivals: NumberedDevice[] = [];

  private constructor(
    readonly devices: readonly NumberedDevice[],
    private readonly options: ReadonlyMap<NumberedDevice, NumberedDeviceOptions>,
    private readonly read: () => Promise<ReadonlyMap<string, readonly number[]>>,
  ) {}

  /** Registers the devices and has them connect. */
  static async start(hub: HubAccess, size: number, options: FleetOptions = {}): Promise<Fleet> {
    const { configure = () => ({}), read = () => readNumbers(hub) } = options;
    const ids = Array.from({ length: size }, (_, index) => `numbered-${index}`);
    const devices = (await registerDevices(hub, ids)).map((credentials, index) => {
      const { host, ca } = hub;
      const own = { host, ca, inFlight: 1 + (index % 20), ...credentials, ...configure(index) };
      return [new NumberedDevice(own), own] as const;
    });
    return new Fleet(
      devices.map(([device]) => device),
      new Map(devices),
      read,
    );
  }

  /** Those whose connections take over one another. */
  get holders(): readonly NumberedDevice[] {
    return this.devices.filter((device) => device.holdsIdentity);
  }

  /** Has a second client connect with the identity of a device; it sends numbers of its own. To be closed. */
  rivalOf(device: NumberedDevice): NumberedDevice {
    const options = this.options.get(device);
    if (options === undefined) {
      throw new Error(`${device.deviceId} is not of this fleet`);
    }
    const rival = new NumberedDevice({ ...options, firstNumber: NUMBERS });
    this.rivals.push(rival);
    return rival;
  }

  get acknowledged(): number {
    return this.devices.reduce((sum, device) => sum + device.acknowledged.size, 0);
  }

  /** Waits for that many more acknowledgements. */
  async progress(count: number): Promise<void> {
    const goal = this.acknowledged + count;
    await until(() => this.acknowledged >= goal, { what: `${count} acknowledgements`, timeoutMs: ANSWER_TIMEOUT_MS });
  }

  /** Waits until every device is connected and has had an acknowledgement since this was called. @returns the milliseconds */
  async allServed(timeoutMs = ANSWER_TIMEOUT_MS): Promise<number> {
    const start = performance.now();
    const waiting = new Map(this.devices.map((device) => [device, device.acknowledged.size]));
    const arrive = (): boolean => {
      for (const [device, before] of waiting) {
        if (device.acknowledged.size > before && device.address !== undefined) {
          waiting.delete(device);
        }
      }
      return waiting.size === 0;
    };
    await until(arrive, { what: 'every device to be served', timeoutMs }).catch((cause: unknown) => {
      throw new Error(`${waiting.size} of ${this.devices.length} devices were not served in ${timeoutMs} ms`, {
        cause,
      });
    });
    return performance.now() - start;
  }

  /** Sends nothing new, waits for all answers and until everything is routed; then compares. */
  async settle(): Promise<Verdict> {
    for (const device of this.devices) {
      device.pause();
    }
    await until(() => this.devices.every((device) => device.settled), {
      what: 'an answer to everything sent',
      timeoutMs: ANSWER_TIMEOUT_MS,
    });
    const violations = [...this.devices, ...this.rivals].flatMap((device) => device.violations);
    if (violations.length > 0) {
      throw new Error(`The hub did what it must not: ${violations.slice(0, 10).join('; ')}`);
    }
    const compare = async (): Promise<Verdict> => judge([...this.devices, ...this.rivals], await this.read());
    return until(
      async () => {
        const verdict = await compare();
        return verdict.lost.length === 0 ? verdict : undefined;
      },
      { what: 'everything acknowledged at the built-in endpoint', timeoutMs: ANSWER_TIMEOUT_MS },
    ).catch(compare);
  }

  async close(): Promise<void> {
    await Promise.all([...this.devices, ...this.rivals].map((device) => device.close()));
  }
}
