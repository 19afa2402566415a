import type { Outcome, Trial } from './trial.js';

/** What came of the trials of a group. */
export class Findings {
  tried = 0;
  /** Odd but lawful, and taken. */
  taken = 0;
  /** How often, by the way in which it was refused. */
  readonly refusals = new Map<string, number>();
  /** Taken, though it must not be. */
  readonly accepted: string[] = [];
  /** Answered in another way than the protocol's own. */
  readonly otherwise: string[] = [];
  /** Not answered in time. */
  readonly hung: string[] = [];
  /** Figures and remarks of the group's own. */
  readonly notes: string[] = [];

  judge({ what, right }: Pick<Trial, 'what' | 'right'>, { how, refused }: Outcome): void {
    this.tried++;
    if (Array.isArray(right) && !right.includes(how)) {
      (refused ? this.otherwise : this.accepted).push(`${what}: ${how}, not ${right.join(' or ')}`);
    } else if (refused) {
      this.refuse(how);
    } else if (right === undefined) {
      this.accepted.push(`${what}: ${how}`);
    } else {
      this.taken++;
    }
  }

  /** For trials that are counted by the thousand: what was refused, and how. */
  refuse(how: string, count = 1): void {
    this.refusals.set(how, (this.refusals.get(how) ?? 0) + count);
  }

  hang(what: string, error: unknown): void {
    this.tried++;
    this.hung.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }

  /** Whether all was refused, or taken where that is right. */
  get isClean(): boolean {
    return this.accepted.length + this.otherwise.length + this.hung.length === 0;
  }
}
