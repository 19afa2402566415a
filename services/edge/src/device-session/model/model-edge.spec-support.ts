import type { ManualClock } from '@mooring/clock';
import { createLogger } from '@mooring/observability';
import type { FakeIdentity } from '../../fake-identity.spec-support.js';
import { HOST, token } from '../../mqtt-client.spec-support.js';
import { EdgeContract } from '../../peer/edge-contract.js';
import { PeerEdges } from '../../peer/peer-edges.js';
import { AdmissionRefused } from '../admission-refused.js';
import type { PresentedCredentials } from '../authentication/authenticate.js';
import { parseIdentity } from '../device-identity.js';
import { DeviceSessions } from '../device-sessions.js';
import type { Admission, LiveConnection } from '../live/live-connection.js';
import { WantsNothing } from '../live/wants-nothing.spec-support.js';
import { EdgeClock } from './edge-clock.spec-support.js';
import type { Links, Network } from './network.spec-support.js';

/** A connection without a protocol. */
class ModelConnection extends WantsNothing implements LiveConnection {
  admission: Admission | undefined;
  isClosed = false;
  isHeld = false;

  constructor(
    readonly id: string,
    private readonly sessions: DeviceSessions,
  ) {
    super();
  }

  close(): void {
    if (!this.isClosed) {
      this.isClosed = true;
      this.sessions.close(this);
    }
  }

  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
  }

  takeActivity(): undefined {
    return undefined;
  }
}

const presented = new Map<string, PresentedCredentials>();

/** An edge of a model: its sessions are real, its connections have no protocol. */
export class ModelEdge {
  readonly links: Links = { store: true, log: true, peers: true, losesClaim: false };
  readonly clock: EdgeClock;
  readonly sessions: DeviceSessions;
  private connections: ModelConnection[] = [];
  private count = 0;

  constructor(
    readonly name: string,
    world: ManualClock,
    { network, identity }: { readonly network: Network; readonly identity: FakeIdentity },
  ) {
    this.clock = new EdgeClock(world);
    const { clock } = this;
    const affinity = network.affinityFor(this);
    const peers = { edge: (address: string) => network.peerFor(this, address) };
    this.sessions = new DeviceSessions({
      hostname: HOST,
      edge: name,
      address: name,
      otherEdges: new PeerEdges({ peers, affinity }),
      maxTakeOvers: Number.POSITIVE_INFINITY,
      identityService: identity,
      affinity,
      eventLog: network.eventLogFor(this),
      controlTopic: 'control',
      clock,
      log: createLogger('model', 'silent'),
      batchIntervalMs: 0,
      events: { connected: nothing, disconnected: nothing, tookOver: nothing },
      onRegained: nothing,
      onCredentials: nothing,
    });
    network.serve(name, this, new EdgeContract(this.sessions.olderConnections));
  }

  /** A device connects; who is refused gives up. */
  connect(name: string): void {
    this.clock.run(() => void this.open(name));
  }

  disconnect(name: string): void {
    this.clock.run(() => this.sessions.live.get(name)?.close('client-disconnected'));
  }

  /** Of the connections that may append and deliver for an identity: more than one only if this edge is wrong. */
  delivering(name: string): readonly number[] {
    if (this.clock.frozen || !this.links.log) {
      return [];
    }
    this.connections = this.connections.filter(({ isClosed }) => !isClosed);
    const own = this.connections.filter(({ admission }) => admission?.identity.name === name);
    if (own.length === 0 || !this.sessions.mayRead()) {
      return [];
    }
    return own.filter(({ isHeld }) => !isHeld).map(({ admission }) => admission?.epoch ?? 0);
  }

  epochOf(name: string): number {
    return this.sessions.olderConnections.epochOf(parsed(name));
  }

  private async open(name: string): Promise<void> {
    this.count++;
    const connection = new ModelConnection(`${this.name}-${this.count}`, this.sessions);
    const request = { identity: parsed(name), presented: credentialsOf(name), id: connection.id };
    try {
      await this.sessions.open(request, (admission) => {
        connection.admission = admission;
        this.connections.push(connection);
        return connection;
      });
    } catch (error) {
      if (!(error instanceof AdmissionRefused)) {
        throw error;
      }
    }
  }
}

function parsed(name: string) {
  const identity = parseIdentity(name);
  if (identity === undefined) {
    throw new TypeError(`${name} is no identity`);
  }
  return identity;
}

function credentialsOf(name: string): PresentedCredentials {
  const known = presented.get(name) ?? { token: token(name), certificates: () => [] };
  presented.set(name, known);
  return known;
}

function nothing(): void {
  // Nobody is told.
}
