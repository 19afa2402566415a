import type { ProcessLease } from '@mooring/affinity';
import { Batcher } from '@mooring/batching';
import type { edge, identity } from '@mooring/proto';
import type { PeerDirectory } from './peer-directory.js';
import type { DeliveryPeers } from './port.js';

/** Keys of one call, as many as an edge takes. */
const MAX_KEYS = 1_000;
/** Edges that are asked; a hub has fewer. */
const MAX_EDGES = 256;
/** Rounds at a time: one that waits for an edge that does not answer holds up no others. */
const MAX_ROUNDS = 4;
const MAX_WAITING = 20_000;

/** An edge that can be asked. */
export interface FoundEdge {
  readonly process: string;
  readonly address: string;
}

export interface EdgeSurveyOptions {
  readonly directory: Pick<PeerDirectory, 'all' | 'forget'>;
  readonly peers: Pick<DeliveryPeers, 'edge'>;
  /** Told of an edge that could not say who is connected to it. */
  readonly onUnanswered: (address: string, error: unknown) => void;
}

/** Asks all edges who is connected to them; what is asked in one turn of the event loop, or meanwhile, shares a round. */
export class EdgeSurvey {
  private readonly rounds: Batcher<identity.IdentityKey, FoundEdge | undefined>;

  constructor(private readonly options: EdgeSurveyOptions) {
    this.rounds = new Batcher({
      call: (keys) => this.search(keys),
      maxBatch: MAX_KEYS,
      concurrency: MAX_ROUNDS,
      maxWaiting: MAX_WAITING,
    });
  }

  /**
   * The edge that has the newest connection of each, in the order of the keys; undefined where none has one.
   *
   * @throws HubError `ServiceUnavailable` if too many wait, or the affinity store cannot be reached
   */
  ask(keys: readonly identity.IdentityKey[]): Promise<readonly (FoundEdge | undefined)[]> {
    return Promise.all(keys.map((key) => this.rounds.add(key)));
  }

  private async search(keys: readonly identity.IdentityKey[]): Promise<readonly (FoundEdge | undefined)[]> {
    // Whoever has no address holds no devices, or is alone.
    const edges = (await this.options.directory.all()).filter(isReachable).slice(0, MAX_EDGES);
    const epochs = await Promise.all(edges.map((each) => this.epochsAt(each, keys)));
    return keys.map((_, index) => {
      let newest: FoundEdge | undefined;
      let greatest = 0;
      edges.forEach((each, at) => {
        const epoch = epochs[at]?.[index] ?? 0;
        if (epoch > greatest) {
          greatest = epoch;
          newest = each;
        }
      });
      return newest;
    });
  }

  private async epochsAt(
    { process, address }: FoundEdge,
    keys: readonly identity.IdentityKey[],
  ): Promise<readonly number[]> {
    const { peers, directory, onUnanswered } = this.options;
    try {
      const asked: edge.FindConnectionsRequest = { keys: [...keys] };
      return (await peers.edge(address).findConnections(asked)).epochs;
    } catch (error) {
      directory.forget(process);
      onUnanswered(address, error);
      return [];
    }
  }
}

function isReachable(lease: ProcessLease): lease is ProcessLease & FoundEdge {
  return lease.address !== undefined;
}
