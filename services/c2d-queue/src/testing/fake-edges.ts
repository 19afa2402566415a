import type { DeviceLocator } from '@mooring/delivery';
import type { edge, identity } from '@mooring/proto';
import { identityName } from '../queue/identity-name.js';

/** One edge at which the devices are that a test names. */
export class FakeEdges implements DeviceLocator {
  readonly connected = new Set<string>();
  /** Names that were hinted at, in order. */
  readonly hinted: string[] = [];
  /** Calls that fail before one works. */
  failures = 0;
  hintCalls = 0;

  private readonly delivery = {
    hintMessages: async ({ keys }: edge.HintMessagesRequest): Promise<edge.HintMessagesResponse> => {
      this.hintCalls += 1;
      this.fail();
      this.hinted.push(...keys.map(identityName));
      return {};
    },
    // The other methods are none of this service's business.
  } as unknown as edge.DeliveryService;

  async locate(keys: readonly identity.IdentityKey[]): Promise<readonly (readonly edge.DeliveryService[])[]> {
    this.fail();
    return keys.map((key) => (this.connected.has(identityName(key)) ? [this.delivery] : []));
  }

  private fail(): void {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('The edge is away.');
    }
  }
}
