import type { Random } from '@mooring/test-fleet';
import type { HubAccess } from '@mooring/test-parts';
import type { Cast } from './harness/cast.js';
import type { HonestDevices } from './honest/honest-devices.js';
import type { Findings } from './trials/findings.js';

/** A hub that is attacked. */
export interface Target extends HubAccess {
  /** Of its processes. */
  pids(): readonly number[];
  /** All that they have written. */
  output(): string;
  /** Their metrics, one after the other. */
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** What a group of attacks works with. */
export interface Stage {
  readonly target: Target;
  readonly cast: Cast;
  readonly honest: HonestDevices;
  readonly random: Random;
  readonly findings: Findings;
  /** Whether the run is a short one. */
  readonly quick: boolean;
  /** For attacks that last. */
  readonly seconds: number;
}

/** Attacks of one kind. */
export interface Group {
  readonly name: string;
  /** What is tried, in a sentence. */
  readonly tries: string;
  attack(stage: Stage): Promise<void>;
}
