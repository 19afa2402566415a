import { nameOfKey } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { monitoring } from '@mooring/proto';
import { MAX_REPORTS } from '../limits.js';
import { applyActivity, applyReport, type EdgeLife, type Report } from './connection-state.js';
import type { StateChange } from './connection-store.js';

const MAX_NAME_LENGTH = 256;
const MAX_GENERATION_LENGTH = 64;
/** Twice an epoch, and some more, has to be a safe integer. */
const MAX_EPOCH = 2 ** 52;
/** The last time that a date can be. */
const MAX_TIME = 8.64e15;

/** What a call asks to be changed, by identity name, and how much of it makes no sense and is left out. */
export interface RequestedChanges {
  readonly changes: ReadonlyMap<string, StateChange>;
  readonly senseless: number;
}

/** @throws HubError `ArgumentInvalid` if the call as a whole makes no sense */
export function connectionChanges(request: monitoring.ReportConnectionsRequest, now: number): RequestedChanges {
  const { edge, incarnation, reports } = request;
  checkName('edge', edge);
  checkName('incarnation', incarnation);
  checkCount(reports.length);
  return collect(reports, (report) => {
    const known = toReport(report, { edge, incarnation });
    return known && ((current) => applyReport(current, known, now));
  });
}

/** @throws HubError `ArgumentInvalid` if there are too many */
export function activityChanges({ activities }: monitoring.ReportActivityRequest): RequestedChanges {
  checkCount(activities.length);
  return collect(activities, ({ generationId, timeMs }) => {
    const makesSense = isGeneration(generationId) && isTime(timeMs);
    return makesSense ? (current) => applyActivity(current, { generation: generationId, time: timeMs }) : undefined;
  });
}

function toReport(report: monitoring.ConnectionReport, life: EdgeLife): Report | undefined {
  const { generationId: generation, epoch, connected, timeMs: time } = report;
  const makesSense = isGeneration(generation) && isWhole(epoch, MAX_EPOCH) && isTime(time);
  return makesSense ? { ...life, generation, epoch, connected, time } : undefined;
}

/** Several changes of one identity are made one after another. */
function collect<T extends Pick<monitoring.ConnectionReport, 'key'>>(
  items: readonly T[],
  changeOf: (item: T) => StateChange | undefined,
): RequestedChanges {
  const changes = new Map<string, StateChange>();
  let senseless = 0;
  for (const item of items) {
    const name = nameOfKey(item.key);
    const change = changeOf(item);
    if (name === undefined || change === undefined) {
      senseless++;
      continue;
    }
    const before = changes.get(name);
    changes.set(name, before === undefined ? change : oneAfterAnother(before, change));
  }
  return { changes, senseless };
}

function oneAfterAnother(first: StateChange, second: StateChange): StateChange {
  return (current) => {
    const between = first(current) ?? current;
    return second(between) ?? between;
  };
}

function checkName(field: string, name: string): void {
  if (name === '' || name.length > MAX_NAME_LENGTH || !name.isWellFormed()) {
    throw new HubError('ArgumentInvalid', `${field} must have 1 to ${MAX_NAME_LENGTH} characters.`);
  }
}

function checkCount(count: number): void {
  if (count > MAX_REPORTS) {
    throw new HubError('ArgumentInvalid', `A call reports at most ${MAX_REPORTS} identities.`);
  }
}

function isGeneration(generation: string): boolean {
  return generation !== '' && generation.length <= MAX_GENERATION_LENGTH;
}

function isTime(time: number): boolean {
  return isWhole(time, MAX_TIME);
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= most;
}
