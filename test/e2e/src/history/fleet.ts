import { type HubPart, until } from '@mooring/test-parts';
import type { Registry } from 'azure-iothub';
import { createDevice } from '../support/registry.js';
import { judge, type Verdict } from './history.js';
import { NumberedDevice } from './numbered-device.js';
import { readNumbers } from './read-numbers.js';

const ANSWER_TIMEOUT_MS = 60_000;

/** Devices that send numbers, with 1 to 20 messages in flight. */
export class Fleet {
  private constructor(
    private readonly hub: HubPart,
    private readonly devices: readonly NumberedDevice[],
  ) {}

  static async start(hub: HubPart, registry: Registry, size: number): Promise<Fleet> {
    const devices: NumberedDevice[] = [];
    for (let index = 0; index < size; index++) {
      const deviceId = `numbered-${index}`;
      const { key } = await createDevice(registry, hub, deviceId);
      devices.push(new NumberedDevice({ host: hub.host, ca: hub.ca, deviceId, key, inFlight: 1 + (index % 20) }));
    }
    return new Fleet(hub, devices);
  }

  get acknowledged(): number {
    return this.devices.reduce((sum, device) => sum + device.acknowledged.size, 0);
  }

  /** Waits for that many more acknowledgements. */
  async progress(count: number): Promise<void> {
    const goal = this.acknowledged + count;
    await until(() => this.acknowledged >= goal, { what: `${count} acknowledgements`, timeoutMs: ANSWER_TIMEOUT_MS });
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
    const compare = async (): Promise<Verdict> => judge(this.devices, await readNumbers(this.hub));
    return until(
      async () => {
        const verdict = await compare();
        return verdict.lost.length === 0 ? verdict : undefined;
      },
      { what: 'everything acknowledged at the built-in endpoint', timeoutMs: ANSWER_TIMEOUT_MS },
    ).catch(compare);
  }

  async close(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.close()));
  }
}
