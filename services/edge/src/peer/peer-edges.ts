import type { Affinity, Held } from '@mooring/affinity';
import { Batcher } from '@mooring/batching';
import { PeerDirectory } from '@mooring/delivery';
import type { edge } from '@mooring/proto';
import { LRUCache } from 'lru-cache';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import type { OtherEdges } from '../device-session/ownership/displacement.js';
import type { EdgePeers } from './edge-peers.js';

const MAX_BATCH = 500;
const CONCURRENCY = 4;
const MAX_WAITING = 20_000;
/** Edges that are remembered; an edge that starts again elsewhere is another one. */
const MAX_EDGES = 256;

export interface PeerEdgesOptions {
  readonly peers: EdgePeers;
  readonly affinity: Pick<Affinity, 'liveProcesses'>;
}

/** Asks other edges to close connections, those of one turn of the event loop in one call. */
export class PeerEdges implements OtherEdges {
  private readonly directory: PeerDirectory;
  private readonly closings: LRUCache<string, Batcher<edge.CloseConnection, boolean>>;

  constructor(options: PeerEdgesOptions) {
    this.directory = new PeerDirectory(options.affinity);
    this.closings = new LRUCache({ max: MAX_EDGES, memoMethod: (address) => closing(options, address) });
  }

  async close(previous: Held, { deviceId, moduleId }: DeviceIdentity, epoch: number): Promise<boolean> {
    const address = await this.directory.addressOf(previous.edge, previous.incarnation);
    return address === undefined ? false : this.closings.memo(address).add({ key: { deviceId, moduleId }, epoch });
  }
}

function closing({ peers }: PeerEdgesOptions, address: string): Batcher<edge.CloseConnection, boolean> {
  return new Batcher({
    call: async (connections) =>
      (await peers.edge(address).closeConnections({ connections: [...connections] })).confirmed,
    maxBatch: MAX_BATCH,
    concurrency: CONCURRENCY,
    maxWaiting: MAX_WAITING,
  });
}
