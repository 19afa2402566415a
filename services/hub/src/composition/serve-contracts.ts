import type { Edge } from '@mooring/edge';
import { c2dqueue, edge as edgeContract, identity, monitoring, twin } from '@mooring/proto';
import type { RpcServer } from '@mooring/rpc';
import type { Services } from './service-name.js';

/** The contracts as this process has them: the implementations of what it holds, clients of what it needs of others. */
export interface Contracts {
  readonly identity: identity.IdentityService;
  readonly directory: identity.DirectoryService;
  readonly twin: twin.TwinService;
  readonly c2dQueue: c2dqueue.C2dQueueService;
  readonly monitoring: monitoring.MonitoringService;
}

/** Serves to other processes what this one holds. */
export function serveContracts(
  server: RpcServer,
  { services, contracts, edge }: { services: Services; contracts: Contracts; edge: Edge | undefined },
): void {
  if (services.has('identity')) {
    server.serve(identity.IdentityServiceService, contracts.identity);
    server.serve(identity.DirectoryServiceService, contracts.directory);
  }
  if (services.has('twin')) {
    server.serve(twin.TwinServiceService, contracts.twin);
  }
  if (services.has('c2d-queue')) {
    server.serve(c2dqueue.C2dQueueServiceService, contracts.c2dQueue);
  }
  if (services.has('monitoring')) {
    server.serve(monitoring.MonitoringServiceService, contracts.monitoring);
  }
  if (edge !== undefined) {
    server.serve(edgeContract.EdgeServiceService, edge.contract);
    server.serve(edgeContract.DeliveryServiceService, edge.delivery);
  }
}
