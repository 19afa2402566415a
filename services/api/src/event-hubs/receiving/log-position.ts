import { HubError } from '@mooring/errors';
import type { PartitionDescription, Position } from '@mooring/event-log';
import type { StartPosition } from './selector.js';

/**
 * Where to read from in the event log, whose offsets are the events' offsets and sequence numbers.
 *
 * @throws HubError `ArgumentInvalid` for an offset that no event has had yet: it is of another hub, or of one that was
 * emptied, and waiting for it would look like a hub without events
 */
export function logPosition(start: StartPosition, partition: PartitionDescription): Position {
  switch (start.by) {
    case 'earliest':
    case 'latest':
      return start.by;
    case 'enqueued-time':
      return { timestamp: start.inclusive ? start.value : start.value + 1 };
    default: {
      const offset = start.inclusive ? start.value : start.value + 1;
      if (offset > partition.nextOffset) {
        throw new HubError(
          'ArgumentInvalid',
          `The supplied ${start.by} ${start.value} is invalid: the last one in the partition is ${partition.nextOffset - 1}.`,
        );
      }
      return { offset };
    }
  }
}
