import type { Affinity } from '@mooring/affinity';
import type { edge, identity } from '@mooring/proto';
import { EdgeSurvey, type FoundEdge } from './edge-survey.js';
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
  private readonly survey: EdgeSurvey | undefined;

  constructor(private readonly options: ConnectedEdgesOptions) {
    const { affinity, peers, onUnanswered } = options;
    this.directory = new PeerDirectory(affinity);
    this.survey = peers && new EdgeSurvey({ directory: this.directory, peers, onUnanswered });
  }

  async locate(keys: readonly identity.IdentityKey[]): Promise<readonly (readonly edge.DeliveryService[])[]> {
    const { holders, complete } = await this.options.affinity.locate(keys.map(nameOf));
    const found = await Promise.all(
      holders.map((held) => (held === undefined ? NOBODY : this.edgeOfLife(held.edge, held.incarnation))),
    );
    const missing = complete
      ? []
      : keys.flatMap((key, index) => (holders[index] === undefined ? [{ key, index }] : []));
    if (missing.length > 0) {
      const asked = await this.survey?.ask(missing.map(({ key }) => key));
      missing.forEach(({ index }, at) => {
        const answer = asked?.[at];
        // The own edge, which may not be in the store either, is asked by whoever delivers.
        found[index] = answer === undefined ? listOf(this.options.own?.delivery()) : this.edgeAt(answer);
      });
    }
    return found;
  }

  private async edgeOfLife(process: string, incarnation: string): Promise<readonly edge.DeliveryService[]> {
    const { own, peers } = this.options;
    if (process === own?.process) {
      return listOf(own.delivery());
    }
    const address = peers && (await this.directory.addressOf(process, incarnation));
    return address === undefined ? NOBODY : this.edgeAt({ process, address });
  }

  private edgeAt({ process, address }: FoundEdge): readonly edge.DeliveryService[] {
    const { own, peers } = this.options;
    return listOf(process === own?.process ? own.delivery() : peers?.delivery(address));
  }
}

/** As the affinity store names an identity. */
function nameOf({ deviceId, moduleId }: identity.IdentityKey): string {
  return moduleId === '' ? deviceId : `${deviceId}/${moduleId}`;
}

function listOf(found: edge.DeliveryService | undefined): readonly edge.DeliveryService[] {
  return found === undefined ? NOBODY : [found];
}
