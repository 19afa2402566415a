import type { c2dqueue, identity, monitoring, twin } from '@mooring/proto';
import type { ReadinessCheck } from '../admin/readiness.js';
import { reachedOnceCheck, remoteCheck } from './checks.js';
import type { Lifecycle } from './lifecycle.js';
import type { Peers } from './peers.js';
import { holdsAny, type ServiceName, type Services } from './service-name.js';

/** Contracts of services in other processes, where this one needs them and does not hold them. */
export interface RemoteContracts {
  readonly identity?: identity.IdentityService | undefined;
  readonly directory?: identity.DirectoryService | undefined;
  readonly monitoring?: monitoring.MonitoringService | undefined;
  readonly twin?: twin.TwinService | undefined;
  readonly c2dQueue?: c2dqueue.C2dQueueService | undefined;
}

interface Remote<S> {
  readonly service: S;
  connect(timeoutMs: number): Promise<void>;
  close(): void;
}

/**
 * How readiness depends on a service in another process. Devices are admitted by identity alone: without it an edge serves
 * nobody new. The others are waited for at the start; an edge that loses one later goes on with all that does not need it.
 */
type Need = 'always' | 'at-start' | 'never';

export interface RemoteContractsOptions {
  readonly services: Services;
  readonly peers: Peers;
  readonly lifecycle: Lifecycle;
  readonly checks: ReadinessCheck[];
}

export function remoteContracts({ services, peers, lifecycle, checks }: RemoteContractsOptions): RemoteContracts {
  const reach = <S>(owner: ServiceName, users: readonly ServiceName[], need: Need, open: () => Remote<S>) => {
    if (services.has(owner) || !holdsAny(services, ...users)) {
      return undefined;
    }
    const client = open();
    lifecycle.onStop(() => client.close());
    if (need !== 'never') {
      checks.push(need === 'always' ? remoteCheck(owner, client) : reachedOnceCheck(owner, client));
    }
    return client.service;
  };
  return {
    identity: reach('identity', ['edge', 'api'], 'always', () => peers.identity()),
    directory: reach('identity', ['edge', 'api', 'twin', 'c2d-queue'], 'at-start', () => peers.directory()),
    monitoring: reach('monitoring', ['edge', 'api', 'twin'], 'never', () => peers.monitoring()),
    twin: reach('twin', ['edge', 'api'], 'at-start', () => peers.twin()),
    c2dQueue: reach('c2d-queue', ['edge', 'api', 'twin'], 'at-start', () => peers.c2dQueue()),
  };
}
