import { HubError } from '@mooring/errors';
import type { edge, identity } from '@mooring/proto';
import { type DeviceIdentity, deviceIdentity } from '../device-session/device-identity.js';
import type { OlderConnections } from '../device-session/ownership/older-connections.js';

/** Connections that one request may name. */
const MAX_BATCH = 1_000;

/** What other processes of the hub ask of this edge. */
export class EdgeContract implements edge.EdgeService {
  constructor(private readonly connections: OlderConnections) {}

  async closeConnections({ connections }: edge.CloseConnectionsRequest): Promise<edge.CloseConnectionsResponse> {
    checkSize(connections);
    return { confirmed: connections.map(({ key, epoch }) => this.connections.close(identityOf(key), epoch)) };
  }

  async findConnections({ keys }: edge.FindConnectionsRequest): Promise<edge.FindConnectionsResponse> {
    checkSize(keys);
    return { epochs: keys.map((key) => this.connections.epochOf(identityOf(key))) };
  }
}

function checkSize(list: readonly unknown[]): void {
  if (list.length > MAX_BATCH) {
    throw new HubError('ArgumentInvalid', `At most ${MAX_BATCH} connections at a time.`);
  }
}

/** One that nobody has, where the key is missing. */
function identityOf(key: identity.IdentityKey | undefined): DeviceIdentity {
  return deviceIdentity(key?.deviceId ?? '', key?.moduleId ?? '');
}
