import type { Twin as DeviceTwin } from 'azure-iot-device';
import { eventually } from './eventually.js';

export interface Desired {
  readonly $version: number;
}

/**
 * Desired changes that a device is pushed, oldest first. The SDK does not tell when it has subscribed, so something is
 * desired until a push comes.
 *
 * @param desire a change that makes no difference to the test
 */
export async function watchDesired(twin: DeviceTwin, desire: (change: object) => Promise<unknown>): Promise<Desired[]> {
  const pushes: Desired[] = [];
  twin.on('properties.desired', (delta: Desired) => pushes.push(structuredClone(delta)));
  let tries = 0;
  await eventually('a first push', async () => {
    await desire({ tries: tries++ });
    // What it was at first is told too, by the SDK itself.
    return pushes.some((push) => 'tries' in push);
  });
  return pushes;
}
