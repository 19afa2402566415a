import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which the system takes the ports of outgoing connections: a part that is stopped and started again
// finds its port free, and no client that reconnects meanwhile can be connected to itself.
const lowest = 14_000;
const highest = 32_000;

/** A loopback port on which nobody listens. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error(`No free port found between ${lowest} and ${highest}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
