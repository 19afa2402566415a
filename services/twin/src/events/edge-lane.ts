import { Batcher } from '@mooring/batching';
import type { edge } from '@mooring/proto';

/** Of one call. */
const MAX_PUSHES = 500;
const MAX_BYTES = 2 * 1024 * 1024;
/** Devices; more than the outbox tells at a time. */
const MAX_WAITING = 100_000;

type Pushes = readonly edge.DesiredPush[];

/** Calls to one edge, one at a time; what comes meanwhile shares the next one. Pushes that came together stay together. */
export class EdgeLane {
  private readonly calls: Batcher<Pushes, readonly edge.Delivery[]>;

  constructor(private readonly service: edge.DeliveryService) {
    this.calls = new Batcher({
      call: (groups) => this.pushGroups(groups),
      maxBatch: MAX_PUSHES,
      weigh: shareOfCall,
      maxWeight: 1,
      concurrency: 1,
      maxWaiting: MAX_WAITING,
    });
  }

  /** @returns what the edge did with each; rejects if it cannot be reached */
  push(pushes: Pushes): Promise<readonly edge.Delivery[]> {
    return this.calls.add(pushes);
  }

  private async pushGroups(groups: readonly Pushes[]): Promise<readonly (readonly edge.Delivery[])[]> {
    const deliveries = await this.pushAll(groups.flat());
    let end = 0;
    return groups.map(({ length }) => {
      end += length;
      return deliveries.slice(end - length, end);
    });
  }

  /** In one call, unless a single device has more changes than one holds. */
  private async pushAll(pushes: Pushes): Promise<readonly edge.Delivery[]> {
    const deliveries: edge.Delivery[] = [];
    while (deliveries.length < pushes.length) {
      const rest = pushes.slice(deliveries.length);
      const part = rest.slice(0, fitting(rest));
      const answer = await this.service.pushDesired({ pushes: part });
      if (answer.deliveries.length !== part.length) {
        throw new Error(`An edge answered ${part.length} pushes with ${answer.deliveries.length} deliveries.`);
      }
      deliveries.push(...answer.deliveries);
    }
    return deliveries;
  }
}

/** What share of a call pushes take up. */
function shareOfCall(pushes: Pushes): number {
  const bytes = pushes.reduce((sum, { json }) => sum + json.length, 0);
  return Math.max(pushes.length / MAX_PUSHES, bytes / MAX_BYTES);
}

/** How many of them fit into one call; one always does. */
function fitting(pushes: Pushes): number {
  let bytes = 0;
  const end = pushes.findIndex(({ json }, index) => {
    bytes += json.length;
    return index > 0 && (index === MAX_PUSHES || bytes > MAX_BYTES);
  });
  return end === -1 ? pushes.length : end;
}
