import type { DeviceCredentials } from '@mooring/test-fleet';
import type { Stage } from '../stage.js';

/** What the hub did about one attempt. */
export interface Outcome {
  /** In the protocol's own words: `closed`, `CONNACK 5`, `400 ArgumentInvalid`, `amqp:decode-error`. */
  readonly how: string;
  readonly refused: boolean;
}

/** Who makes an attempt: no two that run at once have the same identity. */
export interface Attempt {
  readonly stage: Stage;
  readonly attacker: DeviceCredentials;
}

/** The attempt as it is made at what back ends dial, which many processes have apart from what devices dial. */
export function atService(attempt: Attempt): Attempt {
  const { stage } = attempt;
  const host = /HostName=([^;]+)/.exec(stage.target.connectionString)?.[1] ?? stage.target.host;
  return { ...attempt, stage: { ...stage, target: { ...stage.target, host }, cast: { ...stage.cast, host } } };
}

/** One thing that is tried. */
export interface Trial {
  readonly what: string;
  /**
   * Which outcomes are right. Without it any refusal is; `anything` stands for input that is odd but lawful, of which only
   * an answer in time is asked; else one of the outcomes that are named.
   */
  readonly right?: 'anything' | readonly string[];
  /** Where the hub has more time than usual to answer. */
  readonly patienceMs?: number;
  run(attempt: Attempt): Promise<Outcome>;
}

export function refused(how: string): Outcome {
  return { how, refused: true };
}

export function accepted(how: string): Outcome {
  return { how, refused: false };
}
