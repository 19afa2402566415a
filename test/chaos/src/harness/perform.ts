import { anyProtocol, Fleet, Random } from '@mooring/test-fleet';
import { TwoWayLoad } from '../load/two-way-load.js';
import type { EventRecord } from './event-record.js';
import { failuresOf } from './failures.js';
import type { Found, Run } from './run-scenario.js';
import { readTopic, type StoredRecords } from './stored-records.js';
import { within } from './within.js';

/** From the moment at which all devices are served. */
const LIMIT_MS = 120_000;
const START_LIMIT_MS = 120_000;
const DEVICES = 500;
const LOGIN_TIMEOUT_MS = 5_000;
/** Between two messages: one to five a second. */
const LEAST_PAUSE_MS = 200;
const MOST_PAUSE_MS = 1_000;
const MOST_IN_FLIGHT = 20;

/**
 * Puts the load on a cluster, has the scenario break it, and compares.
 * @param running is given what ends the load, whatever becomes of this
 */
export async function perform(
  { scenario, options, stores, cluster, checkout }: Run,
  record: EventRecord,
  running: (() => Promise<void>)[],
): Promise<Found> {
  const random = new Random(options.seed);
  const edges = cluster.edges.map((edge) => edge.address);
  const nameOf = new Map(cluster.edges.map((edge) => [edge.address, edge.name]));
  let ghosts: readonly string[] = [];
  let pace: number | undefined = scenario.pauseMs;
  const read = async (): Promise<StoredRecords> => {
    const stored = await readTopic(stores.kafka.brokers, `${cluster.prefix}.events`);
    ghosts = stored.ghosts;
    return stored;
  };
  const configure = (index: number) => {
    const own = random.fork();
    const inFlight = 1 + (index % MOST_IN_FLIGHT);
    const mean = inFlight * (LEAST_PAUSE_MS + own.next() * (MOST_PAUSE_MS - LEAST_PAUSE_MS));
    const protocol = anyProtocol(own);
    let attempt = scenario.crowded ? 0 : own.below(edges.length);
    return {
      protocol,
      inFlight,
      dial: () => edges[attempt++ % edges.length] ?? cluster.host,
      pause: () => own.next() * 2 * (pace ?? mean),
      loginTimeoutMs: LOGIN_TIMEOUT_MS,
      onEvent: ({ address, ...event }: { address: string }) =>
        record.write({ ...event, protocol, edge: nameOf.get(address) }),
      ...scenario.device,
    };
  };
  const note = (what: string): void => record.write({ note: what });
  const fleet = await Fleet.start(cluster, options.devices ?? scenario.devices ?? DEVICES, {
    configure,
    read: async () => (await read()).numbers,
  });
  running.push(() => fleet.close());
  const [load, stage] = [random.fork(), random.fork()];
  const begin = async (): Promise<TwoWayLoad | undefined> => {
    const twoWay = scenario.telemetryOnly
      ? undefined
      : await TwoWayLoad.start({ hub: cluster, addresses: edges, random: load });
    running.push(async () => twoWay?.close());
    await fleet.allServed(START_LIMIT_MS);
    note('served');
    return twoWay;
  };
  const twoWay = await within(START_LIMIT_MS, 'the start of the load', begin());
  const setPace = (pauseMs: number): void => {
    pace = pauseMs;
  };
  const play = async (): Promise<Found> => {
    const outcome = await scenario.run({ cluster, stores, fleet, random: stage, checkout, note, pace: setPace });
    note('settling');
    const readChanges = async () => (await read()).changes;
    const telemetry = fleet.settle().finally(() => note('telemetry is settled'));
    const [verdict, both] = await Promise.all([telemetry, twoWay?.finish(readChanges)] as const);
    note('settled');
    const failures = failuresOf({ scenario, outcome, verdict, twoWay: both, fleet, ghosts });
    return { outcome, verdict, twoWay: both, failures };
  };
  return within(options.limitMs ?? scenario.limitMs ?? LIMIT_MS, scenario.name, play());
}
