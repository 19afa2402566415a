import type { StoredRecord } from '@mooring/event-log';

/**
 * Where routed messages go. Each endpoint reads ingress by itself, as a consumer group of its own, so that one that is down
 * holds up no other.
 */
export interface Endpoint {
  /** Names the endpoint in routes and metrics, and its consumer group. */
  readonly name: string;
  /** Resolves when the endpoint has all of them for good; until then nothing later of their partition is delivered. */
  deliver(records: readonly StoredRecord[]): Promise<void>;
}
