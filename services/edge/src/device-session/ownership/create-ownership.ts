import type { EventLog } from '@mooring/event-log';
import type { ControlChannel } from '../control/control-channel.js';
import type { SessionEvents } from '../session-events.js';
import { Announcements } from './announcements.js';
import { Displacement, type DisplacementOptions } from './displacement.js';
import { Lease, type LeaseOptions } from './lease.js';
import { Ownership, type OwnershipOptions } from './ownership.js';

export interface CreateOwnershipOptions
  extends Pick<OwnershipOptions, 'affinity' | 'edge' | 'live' | 'olderConnections' | 'onRegained' | 'clock' | 'log'>,
    Pick<LeaseOptions, 'address'>,
    Pick<DisplacementOptions, 'otherEdges'> {
  readonly control: ControlChannel;
  readonly eventLog: EventLog;
  readonly events: SessionEvents;
}

/** Ownership with all that it consists of. */
export function createOwnership(options: CreateOwnershipOptions): Ownership {
  const { control, eventLog, events, olderConnections } = options;
  const announcements = new Announcements({ ...options, send: (takeOvers) => control.announceTakeOvers(takeOvers) });
  const announce: OwnershipOptions['announce'] = (identity, epoch) => announcements.announce(identity, epoch);
  return new Ownership({
    ...options,
    lease: new Lease(options),
    displacement: new Displacement({
      ...options,
      announce,
      isKnown: (identity, epoch) => olderConnections.knows(identity, epoch),
      onTakeOver: (takeOver) => events.tookOver(takeOver),
    }),
    announce,
    onReclaimed: (admission) => events.connected(admission),
    logSilenceMs: () => control.silenceMs,
    isLogUnavailable: () => isUnavailable(eventLog),
  });
}

async function isUnavailable(eventLog: EventLog): Promise<boolean> {
  try {
    return (await eventLog.deficiencies()).some(({ severity }) => severity === 'unavailable');
  } catch {
    // Whatever it is, the log cannot be asked.
    return true;
  }
}
