import type { identity } from '@mooring/proto';
import { ConnectionStates, type ConnectionStatesOptions, withState } from './connection-states.js';
import { MessageCounts, type MessageCountsOptions } from './message-counts.js';

/** Shows in identities what changes by itself, which other services know. */
export class LiveFields {
  private readonly states: ConnectionStates;
  private readonly counts: MessageCounts;

  constructor(options: ConnectionStatesOptions & MessageCountsOptions) {
    this.states = new ConnectionStates(options);
    this.counts = new MessageCounts(options);
  }

  async shownInOne(one: identity.Identity): Promise<identity.Identity> {
    const [shown = one] = await this.shownIn([one]);
    return shown;
  }

  /** @param identities so many at most as one call of those services takes */
  async shownIn(identities: readonly identity.Identity[]): Promise<readonly identity.Identity[]> {
    const keys = identities.flatMap(({ key }) => key ?? []);
    if (keys.length === 0 || keys.length !== identities.length) {
      return identities;
    }
    const [states, counts] = await Promise.all([this.states.of(keys), this.counts.of(keys)]);
    return identities.map((each, index) => ({
      ...withState(each, states[index]),
      cloudToDeviceMessageCount: counts[index] ?? 0,
    }));
  }
}
