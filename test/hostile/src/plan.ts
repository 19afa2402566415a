import { parseArgs } from 'node:util';
import { GROUPS } from './groups/index.js';
import type { Group } from './stage.js';

export interface Plan {
  readonly groups: readonly Group[];
  readonly quick: boolean;
  /** For attacks that last. */
  readonly seconds: number;
  readonly seed: number;
  /** Whether the hub is many processes on real stores. */
  readonly processes: boolean;
}

export const USAGE = `npm run hostile -- [group …] [options]

  --list        names the groups, and what each tries
  --quick       a sample of each table, and fewer of what is tried by the thousand
  --seconds N   of attacks that last (20; 3 if quick)
  --processes   a hub of many processes on Kafka, Redis and MongoDB's protocol (else: one, on embedded stores)
  --seed N      of random bytes; a new one unless given
`;
const SECONDS = 20;
const QUICK_SECONDS = 3;

/** @returns undefined if only the list was asked for @throws Error that names what is not known */
export function readPlan(args: readonly string[]): Plan | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      processes: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  if (values.list) {
    return undefined;
  }
  const groups = positionals.map((name) => {
    const group = GROUPS.find((one) => one.name === name);
    if (group === undefined) {
      throw new Error(`there is no group ${name}; there are ${GROUPS.map((one) => one.name).join(', ')}`);
    }
    return group;
  });
  return {
    groups: groups.length === 0 ? GROUPS : groups,
    quick: values.quick,
    seconds: number('seconds', values.seconds) ?? (values.quick ? QUICK_SECONDS : SECONDS),
    seed: number('seed', values.seed) ?? Math.floor(Math.random() * 1_000_000),
    processes: values.processes,
  };
}

function number(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text)) {
    throw new Error(`--${name} must be a positive number`);
  }
  return text === undefined ? undefined : Number(text);
}
