import {
  type DeviceCredentials,
  ListeningDevice,
  type ListeningDeviceOptions,
  registerDevices,
} from '@mooring/test-fleet';
import type { BidirectionalTarget } from '../targets/bidirectional.js';

const CONCURRENCY = 32;

/** Devices of a bench, which are subscribed to everything. */
export interface Listeners {
  readonly devices: readonly ListeningDevice[];
  readonly credentials: readonly DeviceCredentials[];
  close(): void;
}

/** Registers and connects devices, to the edges in turn. @param listenersOf what each does with what it is given */
export async function connectListeners(
  { hub, edges }: BidirectionalTarget,
  count: number,
  listenersOf: (index: number) => Pick<ListeningDeviceOptions, 'onMessage' | 'onMethod' | 'onDesired'> = () => ({}),
): Promise<Listeners> {
  const ids = Array.from({ length: count }, (_, index) => `bench-${index}`);
  const credentials = await registerDevices(hub, ids);
  const devices: ListeningDevice[] = [];
  const waiting = credentials.entries();
  const worker = async (): Promise<void> => {
    for (const [index, one] of waiting) {
      const address = edges[index % edges.length]?.address ?? hub.host;
      devices[index] = await ListeningDevice.connect({ hub, address, credentials: one, ...listenersOf(index) });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return {
    devices,
    credentials,
    close: () => {
      for (const device of devices) {
        device.destroy();
      }
    },
  };
}
