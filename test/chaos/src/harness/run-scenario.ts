import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Fleet, Random, type Verdict } from '@mooring/test-fleet';
import { type Cluster, type Stores, startCluster, startStores } from '@mooring/test-parts';
import { LEASE_MS, type Outcome, type Scenario } from '../scenario.js';
import { EventRecord } from './event-record.js';
import { MemoryWatch } from './memory-watch.js';
import { longestOverlap } from './overlaps.js';
import { readTopic } from './stored-messages.js';
import { within } from './within.js';

export interface RunOptions {
  readonly seed: number;
  readonly devices: number;
  /** Where the event log and the output of the processes are kept if it fails. */
  readonly records: string;
}

export interface Result {
  readonly scenario: Scenario;
  readonly outcome?: Outcome;
  readonly verdict?: Verdict;
  readonly highestMiB: number;
  /** What is wrong, a sentence each; nothing if all held. */
  readonly failures: readonly string[];
  /** Of a failure: where its event log lies. */
  readonly record?: string;
}

const SCENARIO_LIMIT_MS = 120_000;
const LOGIN_TIMEOUT_MS = 5_000;
const PAUSE_MS = 1_000;

/** Runs a scenario on a cluster of its own. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Result> {
  try {
    return await runOnOwnCluster(scenario, options);
  } catch (error) {
    return { scenario, highestMiB: 0, failures: [`the cluster could not be had: ${messageOf(error)}`] };
  }
}

async function runOnOwnCluster(scenario: Scenario, options: RunOptions): Promise<Result> {
  const stores = await startStores();
  try {
    const cluster = await startCluster({ stores, proxied: scenario.proxied ?? false });
    try {
      return await runOn({ scenario, options, stores, cluster });
    } finally {
      await cluster.close();
    }
  } finally {
    await stores.close();
  }
}

interface Run {
  readonly scenario: Scenario;
  readonly options: RunOptions;
  readonly stores: Stores;
  readonly cluster: Cluster;
}

async function runOn(run: Run): Promise<Result> {
  const { scenario, options, cluster } = run;
  const folder = join(options.records, `${scenario.name}-${options.seed}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const record = new EventRecord(join(folder, 'events.jsonl'));
  const memory = new MemoryWatch(cluster.processes);
  let found: Found = { failures: [] };
  try {
    found = await within(SCENARIO_LIMIT_MS, scenario.name, perform(run, record));
  } catch (error) {
    found = { failures: [messageOf(error)] };
  } finally {
    memory.stop();
    await record.close();
  }
  if (found.failures.length === 0) {
    rmSync(folder, { recursive: true });
    return { scenario, highestMiB: memory.highestMiB, ...found };
  }
  for (const { name, logFile } of cluster.processes) {
    copyFileSync(logFile, join(folder, `${name}.log`));
  }
  return { scenario, highestMiB: memory.highestMiB, record: folder, ...found };
}

type Found = Pick<Result, 'outcome' | 'verdict' | 'failures'>;

async function perform({ scenario, options, stores, cluster }: Run, record: EventRecord): Promise<Found> {
  const random = new Random(options.seed);
  const edges = cluster.edges.map((edge) => edge.address);
  const nameOf = new Map(cluster.edges.map((edge) => [edge.address, edge.name]));
  const topic = `${cluster.prefix}.events`;
  let ghosts: readonly string[] = [];
  const read = async (): Promise<ReadonlyMap<string, readonly number[]>> => {
    const stored = await readTopic(stores.kafkaBrokers, topic);
    ghosts = stored.ghosts;
    return stored.numbers;
  };
  const configure = () => {
    const own = random.fork();
    const mean = scenario.pauseMs ?? PAUSE_MS;
    let attempt = scenario.crowded ? 0 : own.below(edges.length);
    return {
      dial: () => edges[attempt++ % edges.length] ?? cluster.host,
      pause: () => own.next() * 2 * mean,
      loginTimeoutMs: LOGIN_TIMEOUT_MS,
      onEvent: ({ address, ...event }: { address: string }) => record.write({ ...event, edge: nameOf.get(address) }),
      ...scenario.device,
    };
  };
  const fleet = await Fleet.start(cluster, scenario.devices ?? options.devices, { configure, read });
  try {
    await fleet.allServed();
    const note = (what: string): void => record.write({ note: what });
    const outcome = await scenario.run({ cluster, stores, fleet, random: random.fork(), note });
    note('settling');
    const verdict = await fleet.settle();
    return { outcome, verdict, failures: failuresOf({ scenario, outcome, verdict, fleet, ghosts }) };
  } finally {
    await fleet.close();
  }
}

interface Evidence {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  readonly fleet: Fleet;
  readonly ghosts: readonly string[];
}

function failuresOf({ scenario, outcome, verdict, fleet, ghosts }: Evidence): readonly string[] {
  const failures = [...outcome.broken];
  if (verdict.lost.length > 0) {
    failures.push(`${verdict.lost.length} acknowledged messages are lost: ${some(verdict.lost)}`);
  }
  if (verdict.outOfOrder.length > 0) {
    failures.push(`${verdict.outOfOrder.length} first occurrences are out of order: ${some(verdict.outOfOrder)}`);
  }
  if (ghosts.length > 0) {
    failures.push(`${ghosts.length} messages were appended for devices that had moved: ${some(ghosts)}`);
  }
  const limit = scenario.overlapLimitMs ?? LEASE_MS;
  const now = performance.now();
  const doubled = fleet.devices.filter((device) => longestOverlap(device.connections, now) > limit);
  if (doubled.length > 0) {
    const ids = doubled.map((device) => device.deviceId);
    failures.push(`${ids.length} identities had two live connections for more than ${limit} ms: ${some(ids)}`);
  }
  return failures;
}

function some(items: readonly string[]): string {
  return items.slice(0, 5).join(', ') + (items.length > 5 ? ', …' : '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
