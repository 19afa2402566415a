export type TwinSection = 'tags' | 'desired' | 'reported';

/** One value at one place of a twin; no two attempts in a history write the same. */
export interface TwinValue {
  readonly section: TwinSection;
  readonly key: string;
  readonly value: number;
}

/** One attempt to write. Moments are counted from 0 in the order in which they were observed. */
export interface TwinAttempt extends TwinValue {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Unanswered: it may have been made or not. */
  readonly outcome: 'accepted' | 'refused' | 'unanswered';
  /** What an accepted one was told: the version of the twin, or, of reported properties, that of the section. */
  readonly version?: number;
  /** The entity tag that it asked for, where that was a real one. */
  readonly ifMatch?: string;
}

/** A change as readers of the event log see it. */
export interface TwinChange {
  readonly version: number;
  readonly values: readonly TwinValue[];
  /** `$version` of the sections that are in it. */
  readonly desiredVersion?: number;
  readonly reportedVersion?: number;
}

export interface TwinHistory {
  /** All there were: nobody else writes to this twin. */
  readonly attempts: readonly TwinAttempt[];
  /** In the order of the log. */
  readonly changes: readonly TwinChange[];
  /** The twin before the first attempt, and after the last one. */
  readonly before: TwinState;
  readonly after: TwinState;
}

export interface TwinState {
  readonly version: number;
  readonly desiredVersion: number;
  readonly reportedVersion: number;
  readonly values: readonly TwinValue[];
}

/**
 * Judges all that was observed of one twin; gives each rule that was broken:
 *
 * - The log holds every version from the first to the last, in order; a repetition is the same change.
 * - Each change is one attempt that was made, and no attempt is two; the `$version` of its section is the next one.
 * - What was accepted is the change of the version that it was told; what was refused is none.
 * - What was accepted before another attempt began has the smaller version.
 * - Of those that asked for the same entity tag at most one was made. (That not fewer are, only those can tell who know that
 *   nobody else wrote meanwhile.)
 * - The changes, made one after another, make the twin as it is in the end.
 */
export function judgeTwin({ attempts, changes, before, after }: TwinHistory): readonly string[] {
  const violations: string[] = [];
  const known = new Map(attempts.map((attempt) => [nameOf(attempt), attempt]));
  const made = new Map<string, TwinChange>();
  const state = new Map(before.values.map((value) => [placeOf(value), value.value]));
  const inOrder: TwinChange[] = [];
  let { version, desiredVersion, reportedVersion } = before;

  for (const change of changes) {
    if (change.version <= version) {
      const first = inOrder[change.version - before.version - 1];
      if (JSON.stringify(first) !== JSON.stringify(change)) {
        violations.push(`version ${change.version} comes again as another change, or too late`);
      }
      continue;
    }
    if (change.version !== version + 1) {
      violations.push(`version ${change.version} follows ${version}`);
    }
    version = change.version;
    inOrder[version - before.version - 1] = change;
    const steps = [change.desiredVersion ?? desiredVersion + 1, change.reportedVersion ?? reportedVersion + 1];
    if (steps[0] !== desiredVersion + 1 || steps[1] !== reportedVersion + 1) {
      violations.push(`version ${version} has another $version than the next one`);
    }
    desiredVersion = change.desiredVersion ?? desiredVersion;
    reportedVersion = change.reportedVersion ?? reportedVersion;
    const [value] = change.values;
    if (value === undefined || change.values.length > 1) {
      violations.push(`version ${version} is not the change of one attempt`);
      continue;
    }
    const name = nameOf(value);
    const attempt = known.get(name);
    if (attempt === undefined || attempt.outcome === 'refused') {
      violations.push(`version ${version} is ${name}, which was ${attempt === undefined ? 'never tried' : 'refused'}`);
    }
    if (made.has(name)) {
      violations.push(`${name} was made twice`);
    }
    made.set(name, change);
    state.set(placeOf(value), value.value);
  }

  violations.push(...falsePromises(attempts, made), ...wrongTimes(attempts, made), ...doubleWinners(attempts, made));
  if (
    after.version !== version ||
    after.desiredVersion !== desiredVersion ||
    after.reportedVersion !== reportedVersion
  ) {
    violations.push(`the twin has version ${after.version}, the log ends with ${version}, or so has a section`);
  }
  const last = new Map(after.values.map((value) => [placeOf(value), value.value]));
  for (const place of new Set([...state.keys(), ...last.keys()])) {
    if (state.get(place) !== last.get(place)) {
      violations.push(`${place} is ${last.get(place)}, and was last set to ${state.get(place)}`);
    }
  }
  return violations;
}

/** What was accepted, and is not the change that it was told. */
function* falsePromises(attempts: readonly TwinAttempt[], made: ReadonlyMap<string, TwinChange>): Iterable<string> {
  for (const attempt of attempts) {
    const change = made.get(nameOf(attempt));
    const version = attempt.section === 'reported' ? change?.reportedVersion : change?.version;
    if (attempt.outcome === 'accepted' && version !== attempt.version) {
      yield `${nameOf(attempt)} was accepted as version ${attempt.version}, and is ${version ?? 'lost'}`;
    }
  }
}

/** What was made after an attempt that began only when it had been accepted. */
function* wrongTimes(attempts: readonly TwinAttempt[], made: ReadonlyMap<string, TwinChange>): Iterable<string> {
  const versions = attempts.flatMap((attempt) => {
    const change = made.get(nameOf(attempt));
    return change === undefined ? [] : [{ attempt, version: change.version }];
  });
  const ended = versions
    .filter(({ attempt }) => attempt.outcome === 'accepted')
    .sort((left, right) => left.attempt.endedAt - right.attempt.endedAt);
  const started = versions.sort((left, right) => left.attempt.startedAt - right.attempt.startedAt);
  let highest = 0;
  let next = 0;
  for (const { attempt, version } of started) {
    for (let one = ended[next]; one !== undefined && one.attempt.endedAt < attempt.startedAt; one = ended[next]) {
      highest = Math.max(highest, one.version);
      next++;
    }
    if (version < highest) {
      yield `${nameOf(attempt)} is version ${version}, and began when ${highest} had been accepted`;
    }
  }
}

function* doubleWinners(attempts: readonly TwinAttempt[], made: ReadonlyMap<string, TwinChange>): Iterable<string> {
  const rivals = Map.groupBy(
    attempts.filter(({ ifMatch }) => ifMatch !== undefined),
    ({ ifMatch }) => ifMatch,
  );
  for (const [tag, all] of rivals) {
    const winners = all.filter((attempt) => made.has(nameOf(attempt)));
    if (winners.length > 1) {
      yield `${winners.map(nameOf).join(' and ')} were both made for the entity tag ${tag}`;
    }
  }
}

function placeOf({ section, key }: TwinValue): string {
  return `${section}.${key}`;
}

function nameOf(value: TwinValue): string {
  return `${placeOf(value)}=${value.value}`;
}
