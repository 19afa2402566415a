import { anyProtocol, Fleet, Random } from '@mooring/test-fleet';
import { TwoWayLoad } from '../load/two-way-load.js';
import type { EventRecord } from './event-record.js';
import { failuresOf } from './failures.js';
import type { Found, Run } from './run-scenario.js';
import { readTopic, type StoredRecords } from './stored-records.js';

const LOGIN_TIMEOUT_MS = 5_000;
/** One to five messages a second. */
const LEAST_PAUSE_MS = 200;
const MOST_PAUSE_MS = 1_000;

/** Puts the load on a cluster, has the scenario break it, and compares. */
export async function perform(
  { scenario, options, stores, cluster, checkout }: Run,
  record: EventRecord,
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
  const configure = () => {
    const own = random.fork();
    const mean = LEAST_PAUSE_MS + own.next() * (MOST_PAUSE_MS - LEAST_PAUSE_MS);
    const protocol = anyProtocol(own);
    let attempt = scenario.crowded ? 0 : own.below(edges.length);
    return {
      protocol,
      dial: () => edges[attempt++ % edges.length] ?? cluster.host,
      pause: () => own.next() * 2 * (pace ?? mean),
      loginTimeoutMs: LOGIN_TIMEOUT_MS,
      onEvent: ({ address, ...event }: { address: string }) =>
        record.write({ ...event, protocol, edge: nameOf.get(address) }),
      ...scenario.device,
    };
  };
  const note = (what: string): void => record.write({ note: what });
  const fleet = await Fleet.start(cluster, scenario.devices ?? options.devices, {
    configure,
    read: async () => (await read()).numbers,
  });
  let twoWay: TwoWayLoad | undefined;
  try {
    const [load, stage] = [random.fork(), random.fork()];
    twoWay = scenario.telemetryOnly
      ? undefined
      : await TwoWayLoad.start({ hub: cluster, addresses: edges, random: load });
    await fleet.allServed();
    note('served');
    const outcome = await scenario.run({
      cluster,
      stores,
      fleet,
      random: stage,
      checkout,
      note,
      pace: (pauseMs) => {
        pace = pauseMs;
      },
    });
    note('settling');
    const [verdict, both] = await Promise.all([
      fleet.settle(),
      twoWay?.finish(async () => (await read()).changes),
    ] as const);
    note('settled');
    const failures = failuresOf({ scenario, outcome, verdict, twoWay: both, fleet, ghosts });
    return { outcome, verdict, twoWay: both, failures };
  } finally {
    await Promise.all([fleet.close(), twoWay?.close()]);
  }
}
