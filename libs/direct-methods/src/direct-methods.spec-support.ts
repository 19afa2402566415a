import { ManualClock } from '@mooring/clock';
import type { DeviceLocator } from '@mooring/delivery';
import { createLogger, createMetrics } from '@mooring/observability';
import type { Operation } from '@mooring/operations';
import { edge, identity } from '@mooring/proto';
import { POLL_MS } from './device-poll.js';
import { DirectMethods } from './direct-methods.js';

export const KEY = { deviceId: 'd', moduleId: '' };

/** The answer of a device that was reached. */
export function answer(parts: Partial<edge.InvokeMethodResponse> = {}): edge.InvokeMethodResponse {
  return edge.InvokeMethodResponse.fromPartial({ delivery: edge.Delivery.DELIVERED, status: 200, ...parts });
}

type Invoke = edge.DeliveryService['invokeMethod'];

/** An edge that holds devices: what it is asked, and what it was asked to cancel. */
export class FakeEdge implements edge.DeliveryService {
  readonly asked: edge.InvokeMethodRequest[] = [];
  readonly cancelled: string[] = [];

  constructor(private readonly invoke: Invoke) {}

  async invokeMethod(request: edge.InvokeMethodRequest): Promise<edge.InvokeMethodResponse> {
    this.asked.push(request);
    return await this.invoke(request);
  }

  async cancelMethod({ callId }: edge.CancelMethodRequest): Promise<edge.CancelMethodResponse> {
    this.cancelled.push(callId);
    return {};
  }

  pushDesired = unexpected;
  forwardMethodReply = unexpected;
  hintMessages = unexpected;
}

async function unexpected(): Promise<never> {
  throw new Error('An edge is not expected to be called so');
}

/** Direct methods amid fakes: who holds which device, and which identities there are. */
export class Bench {
  readonly clock = new ManualClock();
  readonly metrics = createMetrics();
  readonly records: Operation[] = [];
  /** By device id; what throws is an affinity store that is away. */
  readonly holders = new Map<string, edge.DeliveryService[] | Error>();
  readonly looks: string[][] = [];
  readonly devices = new Set(['d']);
  readonly modules = new Set<string>();
  readonly described: identity.IdentityKey[] = [];
  directoryFails: Error | undefined;
  readonly methods: DirectMethods;

  constructor(maxWaiting = 10) {
    const locator: DeviceLocator = {
      locate: async (keys) => {
        this.looks.push(keys.map(({ deviceId }) => deviceId));
        return keys.map(({ deviceId }) => {
          const holder = this.holders.get(deviceId) ?? [];
          if (holder instanceof Error) {
            throw holder;
          }
          return holder;
        });
      },
    };
    this.methods = new DirectMethods({
      locator,
      directory: { describeIdentities: (request) => this.describe(request) },
      operations: { record: (operation) => void this.records.push(operation) },
      maxWaiting,
      clock: this.clock,
      logger: createLogger('test', 'silent'),
      metrics: this.metrics,
    });
  }

  /** Moves time, look by look, until the promise is settled. */
  async settled<Result>(promise: Promise<Result>): Promise<Result> {
    let done = false;
    const ending = promise.finally(() => {
      done = true;
    });
    ending.catch(() => undefined);
    while (!done) {
      await turn();
      if (!done) {
        this.clock.advance(POLL_MS);
      }
    }
    return await ending;
  }

  private async describe({ keys }: identity.DescribeIdentitiesRequest): Promise<identity.DescribeIdentitiesResponse> {
    if (this.directoryFails !== undefined) {
      throw this.directoryFails;
    }
    this.described.push(...keys);
    const descriptions = keys.map(({ deviceId, moduleId }) => {
      const deviceFound = this.devices.has(deviceId);
      const found = deviceFound && (moduleId === '' || this.modules.has(`${deviceId}/${moduleId}`));
      return identity.Description.fromPartial({ found, deviceFound });
    });
    return { descriptions };
  }
}

/** Lets everything run that waits for nothing but its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
