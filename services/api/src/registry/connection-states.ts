import type { Clock } from '@mooring/clock';
import { Counter, type Logger, type Metrics } from '@mooring/observability';
import { identity, type monitoring } from '@mooring/proto';
import { inTime } from './in-time.js';

export interface ConnectionStatesOptions {
  readonly monitoring: Pick<monitoring.MonitoringService, 'getStates'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * What monitoring knows of the connections of identities. The registry does not depend on it: while monitoring is away, or
 * slow, identities are shown as disconnected, and that is counted.
 */
export class ConnectionStates {
  private readonly missing: Counter;

  constructor(private readonly options: ConnectionStatesOptions) {
    this.missing = new Counter({
      name: 'mooring_api_connection_states_missing_total',
      help: 'Registry answers without connection states, since monitoring did not give them.',
      registers: [options.metrics],
    });
  }

  /** In the order of the keys; none at all if they are not known. */
  async of(keys: readonly identity.IdentityKey[]): Promise<readonly monitoring.State[]> {
    const { monitoring: monitored, clock, logger } = this.options;
    try {
      return (await inTime(clock, monitored.getStates({ keys: [...keys] }))).states;
    } catch (error) {
      this.missing.inc();
      logger.debug({ err: error }, 'the connection states are not known');
      return [];
    }
  }
}

/** A state of another generation is that of a device that is gone. */
export function withState(from: identity.Identity, state: monitoring.State | undefined): identity.Identity {
  if (state === undefined || state.generationId !== from.generationId) {
    return from;
  }
  const { CONNECTED, DISCONNECTED } = identity.ConnectionState;
  return {
    ...from,
    connectionState: state.connected ? CONNECTED : DISCONNECTED,
    connectionStateUpdatedTimeMs: state.connectionStateUpdatedTimeMs,
    lastActivityTimeMs: state.lastActivityTimeMs,
  };
}
