import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '@mooring/test-fleet';
import { type Cluster, type Stores, startCluster, startStores } from '@mooring/test-parts';
import type { TwoWayVerdict } from '../load/two-way-load.js';
import type { Outcome, Scenario } from '../scenario.js';
import { EventRecord } from './event-record.js';
import { MemoryWatch } from './memory-watch.js';
import { perform } from './perform.js';

export interface RunOptions {
  readonly seed: number;
  /** As many as the scenario takes by itself unless given. */
  readonly devices?: number | undefined;
  /** Where the event log and the output of the processes are kept if it fails. */
  readonly records: string;
  /** Milliseconds that the scenario may take; its own unless given. */
  readonly limitMs?: number | undefined;
  /** The commit that an upgrade begins with; the one before this unless given. */
  readonly from?: string | undefined;
}

export interface Result {
  readonly scenario: Scenario;
  readonly outcome?: Outcome;
  readonly verdict?: Verdict;
  /** Absent also where only telemetry was sent. */
  readonly twoWay?: TwoWayVerdict | undefined;
  readonly highestMiB: number;
  /** What is wrong, a sentence each; nothing if all held. */
  readonly failures: readonly string[];
  /** Of a failure: where its event log lies. */
  readonly record?: string;
}

const FORMER_COMMIT = 'HEAD~1';

/** Runs a scenario on a cluster of its own. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Result> {
  try {
    const checkout = await scenario.prepare?.({ from: options.from ?? FORMER_COMMIT });
    return await runOnOwnCluster(scenario, options, checkout);
  } catch (error) {
    return { scenario, highestMiB: 0, failures: [`the cluster could not be had: ${messageOf(error)}`] };
  }
}

async function runOnOwnCluster(scenario: Scenario, options: RunOptions, checkout?: string): Promise<Result> {
  const { kafka, cluster: clusterOptions } = scenario;
  const stores = await startStores(kafka === undefined ? {} : { kafka });
  try {
    const cluster = await startCluster({ ...clusterOptions, stores, checkout });
    try {
      return await runOn({ scenario, options, stores, cluster, checkout });
    } finally {
      await cluster.close();
    }
  } finally {
    await stores.close();
  }
}

export interface Run {
  readonly scenario: Scenario;
  readonly options: RunOptions;
  readonly stores: Stores;
  readonly cluster: Cluster;
  readonly checkout: string | undefined;
}

export type Found = Pick<Result, 'outcome' | 'verdict' | 'twoWay' | 'failures'>;

async function runOn(run: Run): Promise<Result> {
  const { scenario, options, cluster } = run;
  const folder = join(options.records, `${scenario.name}-${options.seed}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const record = new EventRecord(join(folder, 'events.jsonl'));
  const memory = new MemoryWatch(cluster.processes);
  const running: (() => Promise<void>)[] = [];
  let found: Found = { failures: [] };
  try {
    found = await perform(run, record, running);
  } catch (error) {
    record.write({ note: `failed: ${messageOf(error)}` });
    found = { failures: [messageOf(error)] };
  } finally {
    memory.stop();
    await record.close();
    await Promise.all(running.map((close) => close()));
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

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof Error && error.cause !== undefined ? `${text}: ${messageOf(error.cause)}` : text;
}
