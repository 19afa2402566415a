import type { Held } from '@mooring/affinity';
import { appendEvent, type ConnectionEvent, nextSequence } from './connection-event.js';

/**
 * What is known of an identity's newest connection. `lapsed`: the lease of its edge ended, so it counts as disconnected, but
 * its edge may claim it again under another incarnation and go on with it.
 */
export type Phase = 'connected' | 'lapsed' | 'disconnected';

export interface EdgeLife {
  readonly edge: string;
  /** Of the edge's lease. */
  readonly incarnation: string;
}

/** The connection state of a device or module. */
export interface ConnectionState extends EdgeLife {
  /** Of the identity that the newest connection was of. */
  readonly generation: string;
  readonly phase: Phase;
  /** Of the newest connection; 0: there has been none. */
  readonly epoch: number;
  /** Milliseconds since the Unix epoch; 0: never. */
  readonly updatedTime: number;
  readonly activityTime: number;
  /** Of the last event; grows for as long as the identity's name is known. */
  readonly sequence: number;
  /** Events that are not told yet, oldest first. */
  readonly pending: readonly ConnectionEvent[];
  /** When the identity was deleted: the state goes a while later. */
  readonly departedTime?: number | undefined;
}

/** What an edge saw of a connection. */
export interface Report extends EdgeLife {
  readonly generation: string;
  readonly epoch: number;
  readonly connected: boolean;
  readonly time: number;
}

/**
 * Applies what an edge saw. The greatest epoch wins, in whatever order reports come, and a connection that has ended stays
 * so. Epochs alone decide, since one clock gives those of an identity's name through all its generations, while generations
 * may be of clocks that differ.
 *
 * @returns the state as it is then; the very one that was given where the report is no news
 */
export function applyReport(current: ConnectionState | undefined, report: Report, now: number): ConnectionState {
  if (current !== undefined && !isNews(current, report)) {
    return current;
  }
  const { generation, epoch, edge, incarnation, connected, time } = report;
  const known = current?.generation === generation ? current : undefined;
  const isSame = known?.epoch === epoch;
  const next: ConnectionState = {
    generation,
    epoch,
    edge,
    incarnation,
    phase: connected ? 'connected' : 'disconnected',
    updatedTime: isSame ? Math.max(known.updatedTime, time) : time,
    activityTime: Math.max(known?.activityTime ?? 0, time),
    sequence: current?.sequence ?? 0,
    pending: current?.pending ?? [],
    departedTime: known?.departedTime,
  };
  const at = { changedTime: time, time: now };
  const isReplaced = known === undefined && current?.phase === 'connected';
  const begun = isReplaced ? withEvent(next, { ...at, connected: false, generation: current.generation }) : next;
  return (known?.phase === 'connected') === connected ? begun : withEvent(begun, { ...at, connected, generation });
}

function isNews(current: ConnectionState, report: Report): boolean {
  if (report.epoch !== current.epoch) {
    return report.epoch > current.epoch;
  }
  if (current.phase === 'disconnected') {
    return false;
  }
  // Claimed again by its edge, whose lease had lapsed; late reports of the incarnation that lapsed are none.
  return !report.connected || report.incarnation !== current.incarnation;
}

/** Sees to it that a device was heard of; undefined where nothing changes. */
export function applyActivity(
  current: ConnectionState | undefined,
  { generation, time }: { readonly generation: string; readonly time: number },
): ConnectionState | undefined {
  if (current === undefined) {
    const never = { epoch: 0, edge: '', incarnation: '', updatedTime: 0, sequence: 0, pending: [] };
    return { ...never, generation, phase: 'disconnected', activityTime: time };
  }
  if (current.generation !== generation) {
    const isOver = current.departedTime !== undefined && current.phase !== 'connected';
    return isOver ? { ...current, generation, updatedTime: 0, activityTime: time, departedTime: undefined } : undefined;
  }
  return time > current.activityTime ? { ...current, activityTime: time } : undefined;
}

/**
 * Ends a connection whose edge's lease has lapsed; whoever holds the identity by now under a live lease has it instead.
 *
 * @param seen the epoch that was looked at, and who held the identity then
 * @returns undefined where the connection is none of that lease any more
 */
export function applyLapse(
  current: ConnectionState | undefined,
  lapsed: EdgeLife,
  seen: { readonly epoch: number; readonly held: Held | undefined; readonly now: number },
): ConnectionState | undefined {
  const { epoch, held, now } = seen;
  if (current?.phase !== 'connected' || current.epoch !== epoch || !isSameLife(current, lapsed)) {
    return undefined;
  }
  if (held !== undefined && held.epoch >= epoch) {
    return { ...current, edge: held.edge, incarnation: held.incarnation, epoch: held.epoch };
  }
  const next: ConnectionState = { ...current, phase: 'lapsed', updatedTime: Math.max(current.updatedTime, now) };
  return withEvent(next, { connected: false, generation: current.generation, changedTime: now, time: now });
}

/** Marks the state of an identity that was deleted; undefined where it is of another one. */
export function applyDeparture(
  current: ConnectionState | undefined,
  { generation, time }: { readonly generation: string | undefined; readonly time: number },
): ConnectionState | undefined {
  const isMeant = current !== undefined && (generation === undefined || current.generation === generation);
  return isMeant && current.departedTime === undefined ? { ...current, departedTime: time } : undefined;
}

function isSameLife(left: EdgeLife, right: EdgeLife): boolean {
  return left.edge === right.edge && left.incarnation === right.incarnation;
}

function withEvent(
  state: ConnectionState,
  event: Pick<ConnectionEvent, 'connected' | 'generation' | 'changedTime' | 'time'>,
): ConnectionState {
  const sequence = nextSequence(state, event.connected);
  const happened: ConnectionEvent = { id: sequence.toString(36), kind: 'connection', sequence, ...event };
  return { ...state, sequence, pending: appendEvent(state.pending, happened) };
}
