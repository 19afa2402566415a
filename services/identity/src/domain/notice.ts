import { type Device, isLive, type ModuleState } from './model.js';
import { type NoticeEvent, newEventId, type PendingEvent } from './pending-event.js';
import { nextVersion } from './sequence.js';

/**
 * The device with a notice of what a write changes, and further on in its sequence, which is the revision that descriptions
 * of it and of its modules carry. A notice that still waits in it is taken up into the new one, so that there is one at most.
 *
 * @param before as it was before all changes of the write
 */
export function withNotice<D extends Device | undefined>(before: Device | undefined, after: D, now: number): D {
  const changed = after === undefined || after === before ? [] : changedIdentities(before, after);
  if (after === undefined || changed.length === 0) {
    return after;
  }
  const earlier = after.pending.filter(isNotice).flatMap(({ identities }) => identities);
  const notice: NoticeEvent = {
    id: newEventId(),
    kind: 'notice',
    time: now,
    identities: [...new Set([...earlier, ...changed])],
  };
  return {
    ...after,
    sequence: after.sequence === before?.sequence ? nextVersion(after.sequence, now) : after.sequence,
    pending: [...after.pending.filter((event) => !isNotice(event)), notice],
  };
}

/**
 * Module ids, and `''` for the device, whose descriptions differ. Modules that go with their device are left out: whoever
 * hears of the device looks after them.
 */
function changedIdentities(before: Device | undefined, after: Device): string[] {
  const wasLive = isLive(before);
  if (!wasLive || !isLive(after) || before.generation !== after.generation) {
    const device = wasLive || isLive(after) ? [''] : [];
    return [...device, ...after.modules.map(({ id }) => id)];
  }
  const device = before.etag === after.etag ? [] : [''];
  // A module has the status of its device.
  const isSame = (was: ModuleState | undefined, is: ModuleState): boolean =>
    was?.etag === is.etag && before.status === after.status;
  const earlier = new Map(before.modules.map((module) => [module.id, module]));
  const modules = after.modules.filter((module) => !isSame(earlier.get(module.id), module));
  const ids = new Set(after.modules.map(({ id }) => id));
  const removed = before.modules.filter(({ id }) => !ids.has(id));
  return [...device, ...modules.map(({ id }) => id), ...removed.map(({ id }) => id)];
}

function isNotice(event: PendingEvent): event is NoticeEvent {
  return event.kind === 'notice';
}
