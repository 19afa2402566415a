import type { Affinity, Held } from '@mooring/affinity';
import type { edge, identity } from '@mooring/proto';
import { PeerDirectory } from './peer-directory.js';
import type { DeliveryPeers, DeviceLocator } from './port.js';

/** The edge of this process, which is made after those that deliver through it. */
export interface OwnEdge {
  /** Its name in the affinity store. */
  readonly process: string;
  /** Undefined until it is made. */
  readonly delivery: () => edge.DeliveryService | undefined;
}

export interface ConnectedEdgesOptions {
  readonly affinity: Pick<Affinity, 'locate' | 'liveProcesses'>;
  /** Edges in other processes; absent: there are none. */
  readonly peers?: DeliveryPeers | undefined;
  /** Absent: this process holds no edge. */
  readonly own?: OwnEdge | undefined;
  /** Told of an edge that could not say who is connected to it. */
  readonly onUnanswered: (address: string, error: unknown) => void;
}

const NOBODY: readonly edge.DeliveryService[] = [];

/** Finds devices by the affinity store; while that may lack some, by asking the edges. */
export class ConnectedEdges implements DeviceLocator {
  private readonly directory: PeerDirectory;

  constructor(private readonly options: ConnectedEdgesOptions) {
    this.directory = new PeerDirectory(options.affinity);
  }

  async locate(keys: readonly identity.IdentityKey[]): Promise<readonly (readonly edge.DeliveryService[])[]> {
    const { holders, complete } = await this.options.affinity.locate(keys.map(nameOf));
    const found = await Promise.all(holders.map((held) => (held === undefined ? NOBODY : this.edgeOf(held))));
    const missing = complete
      ? []
      : keys.flatMap((key, index) => (holders[index] === undefined ? [{ key, index }] : []));
    if (missing.length === 0) {
      return found;
    }
    const asked = await this.askEdges(missing.map(({ key }) => key));
    for (const [at, { index }] of missing.entries()) {
      found[index] = asked[at] ?? NOBODY;
    }
    return found;
  }

  private async edgeOf({ edge: process, incarnation }: Held): Promise<readonly edge.DeliveryService[]> {
    const { own, peers } = this.options;
    if (process === own?.process) {
      return listOf(own.delivery());
    }
    const address = peers === undefined ? undefined : await this.directory.addressOf(process, incarnation);
    return address === undefined ? NOBODY : listOf(peers?.delivery(address));
  }

  /** For each key the edge that has its newest connection. */
  private async askEdges(keys: readonly identity.IdentityKey[]): Promise<readonly (readonly edge.DeliveryService[])[]> {
    const { peers, onUnanswered } = this.options;
    if (peers === undefined) {
      return [];
    }
    const answers = await Promise.all(
      (await this.directory.addresses()).map(async (address) => {
        try {
          return { address, ...(await peers.edge(address).findConnections({ keys: [...keys] })) };
        } catch (error) {
          onUnanswered(address, error);
          return { address, epochs: [] };
        }
      }),
    );
    return keys.map((_, index) => {
      const newest = answers.reduce<{ address: string; epoch: number } | undefined>((best, { address, epochs }) => {
        const epoch = epochs[index] ?? 0;
        return epoch > (best?.epoch ?? 0) ? { address, epoch } : best;
      }, undefined);
      return newest === undefined ? NOBODY : listOf(peers.delivery(newest.address));
    });
  }
}

/** As the affinity store names an identity. */
function nameOf({ deviceId, moduleId }: identity.IdentityKey): string {
  return moduleId === '' ? deviceId : `${deviceId}/${moduleId}`;
}

function listOf(found: edge.DeliveryService | undefined): readonly edge.DeliveryService[] {
  return found === undefined ? NOBODY : [found];
}
