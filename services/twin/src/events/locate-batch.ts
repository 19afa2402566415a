import type { DeviceLocator } from '@mooring/delivery';
import type { edge, identity } from '@mooring/proto';

/** Devices of one look-up. */
const MAX_KEYS = 500;

type Edges = readonly edge.DeliveryService[];

interface Wanted {
  readonly key: identity.IdentityKey;
  readonly resolve: (edges: Edges) => void;
  readonly reject: (error: unknown) => void;
}

/** Finds the edges of devices; questions that come at the same time share a look-up. */
export class LocateBatch {
  private wanted: Wanted[] = [];

  constructor(private readonly locator: DeviceLocator) {}

  async find(key: identity.IdentityKey | undefined): Promise<Edges> {
    if (key === undefined) {
      return [];
    }
    const { promise, resolve, reject } = Promise.withResolvers<Edges>();
    if (this.wanted.push({ key, resolve, reject }) === 1) {
      setImmediate(() => this.ask());
    }
    return promise;
  }

  private ask(): void {
    const wanted = this.wanted;
    this.wanted = [];
    for (let start = 0; start < wanted.length; start += MAX_KEYS) {
      void this.askFor(wanted.slice(start, start + MAX_KEYS));
    }
  }

  private async askFor(wanted: readonly Wanted[]): Promise<void> {
    try {
      const located = await this.locator.locate(wanted.map(({ key }) => key));
      wanted.forEach(({ resolve }, index) => {
        resolve(located[index] ?? []);
      });
    } catch (error) {
      for (const { reject } of wanted) {
        reject(error);
      }
    }
  }
}
