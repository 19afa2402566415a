import type { edge } from '@mooring/proto';

/** Of one call. */
const MAX_PUSHES = 500;
const MAX_BYTES = 2 * 1024 * 1024;

interface Waiting {
  readonly pushes: readonly edge.DesiredPush[];
  readonly resolve: (deliveries: readonly edge.Delivery[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls to one edge, one at a time; what comes meanwhile shares the next one. */
export class EdgeLane {
  private readonly waiting: Waiting[] = [];
  private calling = false;

  constructor(private readonly service: edge.DeliveryService) {}

  /** @returns what the edge did with each; rejects if it cannot be reached */
  push(pushes: readonly edge.DesiredPush[]): Promise<readonly edge.Delivery[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly edge.Delivery[]>();
    this.waiting.push({ pushes, resolve, reject });
    if (!this.calling) {
      this.calling = true;
      queueMicrotask(() => void this.run());
    }
    return promise;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const next = this.waiting.slice(0, MAX_PUSHES);
      const sizes = next.map(({ pushes }) => ({ count: pushes.length, bytes: bytesOf(pushes) }));
      await this.call(this.waiting.splice(0, fitting(sizes)));
    }
    this.calling = false;
  }

  private async call(batch: readonly Waiting[]): Promise<void> {
    try {
      const deliveries = await this.pushAll(batch.flatMap(({ pushes }) => pushes));
      let from = 0;
      for (const { pushes, resolve } of batch) {
        resolve(deliveries.slice(from, from + pushes.length));
        from += pushes.length;
      }
    } catch (error) {
      for (const { reject } of batch) {
        reject(error);
      }
    }
  }

  /** In one call, unless a single device has more changes than one holds. */
  private async pushAll(pushes: readonly edge.DesiredPush[]): Promise<readonly edge.Delivery[]> {
    const deliveries: edge.Delivery[] = [];
    while (deliveries.length < pushes.length) {
      const rest = pushes.slice(deliveries.length);
      const part = rest.slice(0, fitting(rest.map((push) => ({ count: 1, bytes: push.json.length }))));
      const answer = await this.service.pushDesired({ pushes: part });
      if (answer.deliveries.length !== part.length) {
        throw new Error(`An edge answered ${part.length} pushes with ${answer.deliveries.length} deliveries.`);
      }
      deliveries.push(...answer.deliveries);
    }
    return deliveries;
  }
}

/** How many of them fit into one call; one always does. */
function fitting(sizes: readonly { readonly count: number; readonly bytes: number }[]): number {
  let count = 0;
  let bytes = 0;
  const end = sizes.findIndex((size, index) => {
    count += size.count;
    bytes += size.bytes;
    return index > 0 && (count > MAX_PUSHES || bytes > MAX_BYTES);
  });
  return end === -1 ? sizes.length : end;
}

function bytesOf(pushes: readonly edge.DesiredPush[]): number {
  return pushes.reduce((sum, { json }) => sum + json.length, 0);
}
