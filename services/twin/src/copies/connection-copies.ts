import { keyOfName } from '@mooring/credentials';
import { isHubError } from '@mooring/errors';
import type { monitoring } from '@mooring/proto';
import { withConnection } from '../domain/copies.js';
import type { ConnectionCopy } from '../domain/twin.js';
import type { OwnedTwins } from '../store/owned-twins.js';

export interface ConnectionCopiesOptions {
  readonly monitoring: Pick<monitoring.MonitoringService, 'getStates'>;
  readonly owned: OwnedTwins;
}

/** Keeps connection states and last activities in twins. */
export class ConnectionCopies {
  constructor(private readonly options: ConnectionCopiesOptions) {}

  /** @param names at most 1,000 */
  async copy(names: readonly string[]): Promise<void> {
    const { states } = await this.options.monitoring.getStates({ keys: names.map(keyOfName) });
    await Promise.all(names.map((name, index) => this.copyOne(name, states[index])));
  }

  private async copyOne(name: string, state: monitoring.State | undefined): Promise<void> {
    if (state === undefined || state.generationId === '') {
      return;
    }
    const copy = connectionCopy(state);
    await ignoreUnknown(
      this.options.owned.changeOf(name, state.generationId, (twin) => ({
        twin: withConnection(twin, copy),
        result: undefined,
      })),
    );
  }
}

/** Waits for a copy; of an identity that is gone, or another one by now, there is nothing to copy. */
export async function ignoreUnknown(copied: Promise<unknown>): Promise<void> {
  try {
    await copied;
  } catch (error) {
    if (!isHubError(error) || (error.error !== 'DeviceNotFound' && error.error !== 'ModuleNotFound')) {
      throw error;
    }
  }
}

function connectionCopy(state: monitoring.State): ConnectionCopy {
  return {
    epoch: state.epoch,
    state: state.connected ? 'Connected' : 'Disconnected',
    updatedTime: state.connectionStateUpdatedTimeMs,
    lastActivityTime: state.lastActivityTimeMs,
  };
}
