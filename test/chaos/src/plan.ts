import { parseArgs } from 'node:util';
import type { Scenario } from './scenario.js';
import { KILL_EDGE_ONCE, SCENARIOS } from './scenarios/index.js';

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  /** Undefined: as many as each scenario takes by itself. */
  readonly devices: number | undefined;
  readonly records: string;
  readonly from: string | undefined;
  /** Milliseconds that each may take, in place of its own. */
  readonly limitMs: number | undefined;
}

export const USAGE = `npm run chaos -- [scenario …] [options]

  --list          names the scenarios, and what each must hold
  --short         one short scenario, as in npm test
  --seed N        of all choices; a new one unless given
  --devices N     that send (500, in the storm 5000)
  --limit SECONDS that each may take, where a machine is busy (120)
  --from COMMIT   what an upgrade begins with (the commit before this one)
  --records DIR   where event logs of failures are kept (.chaos)
`;
const SHORT_DEVICES = 20;

/** @returns undefined if only the list was asked for @throws Error that names what is not known */
export function readPlan(args: readonly string[]): Plan | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      seed: { type: 'string' },
      devices: { type: 'string' },
      from: { type: 'string' },
      limit: { type: 'string' },
      records: { type: 'string', default: '.chaos' },
    },
  });
  if (values.list) {
    return undefined;
  }
  const scenarios = positionals.map((name) => {
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (scenario === undefined) {
      throw new Error(`there is no scenario ${name}; there are ${SCENARIOS.map((one) => one.name).join(', ')}`);
    }
    return scenario;
  });
  const limit = number('limit', values.limit);
  return {
    scenarios: values.short
      ? [KILL_EDGE_ONCE]
      : scenarios.length === 0
        ? SCENARIOS.filter(({ byName }) => !byName)
        : scenarios,
    seed: number('seed', values.seed) ?? Math.floor(Math.random() * 1_000_000),
    devices: number('devices', values.devices) ?? (values.short ? SHORT_DEVICES : undefined),
    records: values.records,
    from: values.from,
    limitMs: limit === undefined ? undefined : limit * 1_000,
  };
}

function number(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text)) {
    throw new Error(`--${name} must be a positive number`);
  }
  return text === undefined ? undefined : Number(text);
}
