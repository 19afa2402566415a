import { DocumentStoreError } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import type { monitoring } from '@mooring/proto';
import type { ConnectionsContract } from './connections/connections-contract.js';
import type { MonitoringMetrics } from './metrics.js';
import type { OperationPages } from './operations/operation-pages.js';
import type { MessageUsage } from './quota/message-usage.js';

export interface MonitoringParts {
  readonly connections: ConnectionsContract;
  readonly operations: OperationPages;
  readonly usage: MessageUsage;
  readonly metrics: MonitoringMetrics;
}

/** The contract as one: counts every call, and tells an absent store in the contract's own words. */
export class MonitoringServer implements monitoring.MonitoringService {
  constructor(private readonly parts: MonitoringParts) {}

  reportConnections(request: monitoring.ReportConnectionsRequest): Promise<monitoring.ReportConnectionsResponse> {
    return this.observed('ReportConnections', () => this.parts.connections.reportConnections(request));
  }

  reportActivity(request: monitoring.ReportActivityRequest): Promise<monitoring.ReportActivityResponse> {
    return this.observed('ReportActivity', () => this.parts.connections.reportActivity(request));
  }

  getStates(request: monitoring.GetStatesRequest): Promise<monitoring.GetStatesResponse> {
    return this.observed('GetStates', () => this.parts.connections.getStates(request));
  }

  countConnected(_request: monitoring.CountConnectedRequest): Promise<monitoring.CountConnectedResponse> {
    return this.observed('CountConnected', () => this.parts.connections.countConnected());
  }

  reportUsage(request: monitoring.ReportUsageRequest): Promise<monitoring.ReportUsageResponse> {
    return this.observed('ReportUsage', () => this.parts.usage.report(request));
  }

  listOperations(request: monitoring.ListOperationsRequest): Promise<monitoring.ListOperationsResponse> {
    return this.observed('ListOperations', () => this.parts.operations.list(request));
  }

  private async observed<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      this.parts.metrics.ended(operation);
      return answer;
    } catch (error) {
      const told = toldError(error);
      this.parts.metrics.ended(operation, told);
      throw told;
    }
  }
}

function toldError(error: unknown): unknown {
  if (error instanceof DocumentStoreError && (error.kind === 'unavailable' || error.kind === 'unknown-outcome')) {
    return new HubError('ServiceUnavailable', 'The document store cannot be reached; try again.', { cause: error });
  }
  return error;
}
