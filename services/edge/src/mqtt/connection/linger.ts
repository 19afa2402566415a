import type { Duplex } from 'node:stream';
import type { DeadlineWheel, Due } from './deadline-wheel.js';

const LINGER_SECONDS = 5;

/** Destroys a stream that was ended if its last bytes do not go out in time. */
export function lingerUntilSent(stream: Duplex, wheel: DeadlineWheel): void {
  const due: Due = {
    wheelSlot: undefined,
    check: () => {
      stream.destroy();
      return undefined;
    },
  };
  wheel.set(due, wheel.tick + LINGER_SECONDS);
  stream.once('close', () => wheel.remove(due));
}
