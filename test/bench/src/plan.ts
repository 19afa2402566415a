import { parseArgs } from 'node:util';

/** What a run of the bench does; every figure can be set on the command line. */
export interface Plan {
  readonly targets: readonly string[];
  readonly runs: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly devices: number;
  readonly idleDevices: number;
  readonly payloadBytes: number;
  readonly inFlight: readonly number[];
}

export const USAGE = `npm run bench -- [options]

  --targets LIST    of bare, aedes, embedded, kafka (default: all)
  --runs N          runs of each figure; the median is printed (5)
  --seconds N       measured in each run (5), after --warm-up N (2)
  --devices N       that send (100), --idle-devices N that are silent (5000; 0 to leave out)
  --payload N       bytes of a message (256)
  --in-flight LIST  unacknowledged messages of each device (1,20)
`;

export function readPlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      targets: { type: 'string', default: 'bare,aedes,embedded,kafka' },
      runs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '2' },
      devices: { type: 'string', default: '100' },
      'idle-devices': { type: 'string', default: '5000' },
      payload: { type: 'string', default: '256' },
      'in-flight': { type: 'string', default: '1,20' },
    },
  });
  return {
    targets: values.targets.split(','),
    runs: Number(values.runs),
    seconds: Number(values.seconds),
    warmUpSeconds: Number(values['warm-up']),
    devices: Number(values.devices),
    idleDevices: Number(values['idle-devices']),
    payloadBytes: Number(values.payload),
    inFlight: values['in-flight'].split(',').map(Number),
  };
}
