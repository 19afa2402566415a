import type { Clock } from '@mooring/clock';
import { Counter, type Logger, type Metrics } from '@mooring/observability';
import { identity, type monitoring } from '@mooring/proto';

/** How long an answer waits for what monitoring knows. */
const PATIENCE_MS = 1_000;

export interface ConnectionStatesOptions {
  readonly monitoring: Pick<monitoring.MonitoringService, 'getStates'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Shows in identities what monitoring knows of their connections. The registry does not depend on it: while monitoring is
 * away, or slow, identities are shown as disconnected, and that is counted.
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

  async shownInOne(one: identity.Identity): Promise<identity.Identity> {
    const [shown = one] = await this.shownIn([one]);
    return shown;
  }

  /** @param identities so many at most as one call of monitoring takes */
  async shownIn(identities: readonly identity.Identity[]): Promise<readonly identity.Identity[]> {
    const states = await this.statesOf(identities);
    return identities.map((each, index) => withState(each, states[index]));
  }

  private async statesOf(identities: readonly identity.Identity[]): Promise<readonly monitoring.State[]> {
    const { monitoring: monitored, clock, logger } = this.options;
    const keys = identities.flatMap(({ key }) => key ?? []);
    if (keys.length === 0 || keys.length !== identities.length) {
      return [];
    }
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = clock.after(PATIENCE_MS, () => reject(new Error('monitoring did not answer in time')));
    try {
      return (await Promise.race([monitored.getStates({ keys }), late])).states;
    } catch (error) {
      this.missing.inc();
      logger.debug({ err: error }, 'the connection states are not known');
      return [];
    } finally {
      timer.cancel();
    }
  }
}

/** A state of another generation is that of a device that is gone. */
function withState(from: identity.Identity, state: monitoring.State | undefined): identity.Identity {
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
