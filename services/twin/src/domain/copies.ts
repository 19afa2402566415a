import type { ConnectionCopy, Twin } from './twin.js';

/** The twin with a connection state that is newer than its own; else the very same. */
export function withConnection(twin: Twin, copy: ConnectionCopy): Twin {
  const { epoch, state, updatedTime, lastActivityTime } = twin.connection;
  // A connection whose edge comes back keeps its epoch, and may keep its time.
  const isOther = copy.updatedTime !== updatedTime || copy.state !== state;
  const isNewer = copy.epoch > epoch || (copy.epoch === epoch && copy.updatedTime >= updatedTime && isOther);
  const activity = Math.max(lastActivityTime, copy.lastActivityTime);
  if (!isNewer && activity === lastActivityTime) {
    return twin;
  }
  return { ...twin, connection: { ...(isNewer ? copy : twin.connection), lastActivityTime: activity } };
}

/** The twin with the number of messages that its queue holds now. */
export function withMessageCount(twin: Twin, messageCount: number): Twin {
  return twin.messageCount === messageCount ? twin : { ...twin, messageCount };
}

/** The twin of a device that says it is of this model. */
export function withModel(twin: Twin, modelId: string): Twin {
  return twin.modelId === modelId ? twin : { ...twin, modelId };
}

/** What is left of a twin whose identity is gone: its untold events, or nothing. */
export function withoutIdentity(twin: Twin): Twin | undefined {
  return twin.pending.length === 0 ? undefined : { ...twin, status: 'deleted' };
}
