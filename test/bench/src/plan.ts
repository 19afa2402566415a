import { parseArgs } from 'node:util';

/** What a run of the bench does; every figure can be set on the command line. */
export interface Plan {
  /** Benches to run; none: throughput and idle connections of all targets. */
  readonly benches: readonly string[];
  readonly targets: readonly string[];
  readonly runs: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly devices: number;
  readonly idleDevices: number;
  readonly payloadBytes: number;
  readonly trials: number;
  /** Messages a second. */
  readonly load: number;
  /** Of a run of routing or of an Event Hubs reader. */
  readonly messages: number;
  readonly inFlight: readonly number[];
}

export const USAGE = `npm run bench -- [bench …] [options]

  Without a bench: throughput and idle connections of all targets. Others, on a hub of many processes:
    edge            throughput of an edge process beside the bare server
    takeover        time of a take-over across two edges
    revocation      time from disabling a device to the end of its connection
    idle-redis      what connected devices that are silent cost Redis
    two-edges       CPU of two edges beside that of one, at the same load each
    twin            reported updates of 1,000 devices at once, and whether any is lost
    method          round trip of direct methods at 100 a second
    c2d             time of a message from a back end to a connected device
    subscriptions   memory of an edge for devices that are subscribed to everything
    routing         messages per CPU-second from ingress to the built-in endpoint
    event-hubs      messages per CPU-second that an Event Hubs client reads
    noisy-neighbour what devices notice of one that floods, throttled and not (embedded)
    amqp            telemetry and silent devices over AMQP, on an edge process and the embedded hub

  --targets LIST    of bare, aedes, embedded, kafka, edge (default: all but edge)
  --runs N          runs of each figure; the median is printed (5)
  --seconds N       measured in each run (5), after --warm-up N (2)
  --devices N       that send (100), --idle-devices N that are silent (5000; 0 to leave out)
  --payload N       bytes of a message (256)
  --trials N        of a take-over or revocation in each run (200)
  --load N          messages a second for each of two edges (2000)
  --messages N      routed, or read by an Event Hubs client, in each run (100000)
  --in-flight LIST  unacknowledged messages of each device (1,20)
`;

export function readPlan(args: readonly string[]): Plan {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      targets: { type: 'string', default: 'bare,aedes,embedded,kafka' },
      runs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '2' },
      devices: { type: 'string', default: '100' },
      'idle-devices': { type: 'string', default: '5000' },
      payload: { type: 'string', default: '256' },
      trials: { type: 'string', default: '200' },
      load: { type: 'string', default: '2000' },
      messages: { type: 'string', default: '100000' },
      'in-flight': { type: 'string', default: '1,20' },
    },
  });
  return {
    benches: positionals,
    targets: values.targets.split(','),
    runs: Number(values.runs),
    seconds: Number(values.seconds),
    warmUpSeconds: Number(values['warm-up']),
    devices: Number(values.devices),
    idleDevices: Number(values['idle-devices']),
    payloadBytes: Number(values.payload),
    trials: Number(values.trials),
    load: Number(values.load),
    messages: Number(values.messages),
    inFlight: values['in-flight'].split(',').map(Number),
  };
}
