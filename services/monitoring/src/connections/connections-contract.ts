import type { Clock } from '@mooring/clock';
import { nameOfKey } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { identity, monitoring } from '@mooring/proto';
import { MAX_STATES } from '../limits.js';
import type { MonitoringMetrics } from '../metrics.js';
import type { EdgeDirectory } from '../sweeps/edge-directory.js';
import type { ConnectedCount } from './connected-count.js';
import type { ConnectionState } from './connection-state.js';
import type { ConnectionStore } from './connection-store.js';
import { activityChanges, connectionChanges, type RequestedChanges } from './reports.js';

export interface ConnectionsContractOptions {
  readonly connections: ConnectionStore;
  readonly edges: EdgeDirectory;
  readonly count: ConnectedCount;
  readonly clock: Clock;
  readonly metrics: MonitoringMetrics;
}

/** The part of the contract that is about connections. */
export class ConnectionsContract {
  constructor(private readonly options: ConnectionsContractOptions) {}

  async reportConnections(request: monitoring.ReportConnectionsRequest): Promise<monitoring.ReportConnectionsResponse> {
    const { edges, clock } = this.options;
    const requested = connectionChanges(request, clock.now());
    if (request.reports.some(({ connected }) => connected)) {
      await edges.enter(request);
    }
    await this.apply('connection', requested);
    return {};
  }

  async reportActivity(request: monitoring.ReportActivityRequest): Promise<monitoring.ReportActivityResponse> {
    await this.apply('activity', activityChanges(request));
    return {};
  }

  /** @throws HubError `ArgumentInvalid` if too many are asked for, or one is no identity */
  async getStates({ keys }: monitoring.GetStatesRequest): Promise<monitoring.GetStatesResponse> {
    if (keys.length > MAX_STATES) {
      throw new HubError('ArgumentInvalid', `At most ${MAX_STATES} states can be asked for.`);
    }
    const names = keys.map(requiredName);
    const states = await this.options.connections.findMany(names);
    return { states: names.map((name) => toState(states.get(name))) };
  }

  async countConnected(): Promise<monitoring.CountConnectedResponse> {
    return { connectedDeviceCount: await this.options.count.get() };
  }

  private async apply(kind: 'connection' | 'activity', { changes, senseless }: RequestedChanges): Promise<void> {
    const { connections, metrics } = this.options;
    const written = await connections.changeMany(changes);
    metrics.reported(kind, { applied: written.size, known: changes.size - written.size, senseless });
  }
}

function requiredName(key: identity.IdentityKey): string {
  const name = nameOfKey(key);
  if (name === undefined) {
    throw new HubError('ArgumentInvalid', 'A device id or module id is invalid.');
  }
  return name;
}

function toState(state: ConnectionState | undefined): monitoring.State {
  return {
    generationId: state?.generation ?? '',
    connected: state?.phase === 'connected',
    connectionStateUpdatedTimeMs: state?.updatedTime ?? 0,
    lastActivityTimeMs: state?.activityTime ?? 0,
    epoch: state?.epoch ?? 0,
  };
}
