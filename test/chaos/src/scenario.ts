import type { Fleet, NumberedDeviceOptions, Random } from '@mooring/test-fleet';
import type { Cluster, ClusterOptions, KafkaOptions, Stores } from '@mooring/test-parts';

/** What is done to a cluster under load, and what must hold all the same. */
export interface Scenario {
  readonly name: string;
  /** What must hold, in a sentence. */
  readonly promise: string;
  /** Devices that send, unless the command line says how many. */
  readonly devices?: number;
  /** Of how the devices behave, what this scenario needs otherwise. */
  readonly device?: Partial<NumberedDeviceOptions>;
  /** Mean pause of a device between an acknowledgement and the message that follows it; one of its own unless given. */
  readonly pauseMs?: number;
  /** Whether all devices begin at the first edge, and not each at any; at each attempt they dial the next one. */
  readonly crowded?: boolean;
  /** Whether nothing but telemetry is sent, where the devices are more than enough to do. */
  readonly telemetryOnly?: boolean;
  /** Of the cluster, what this scenario needs otherwise; proxies and clocks cost time. */
  readonly cluster?: Pick<ClusterOptions, 'proxied' | 'fakeClocks' | 'environment'>;
  readonly kafka?: KafkaOptions;
  /** What two connections of one identity are excused for, in milliseconds; one lease unless given. */
  readonly overlapLimitMs?: number;
  /** Whether it is run only when it is named. */
  readonly byName?: boolean;
  /** Milliseconds from the moment at which all devices are served; two minutes unless given. */
  readonly limitMs?: number;
  /** Builds what is to run at first. @returns the folder of the checkout */
  prepare?(options: PrepareOptions): Promise<string>;
  /** Injects the fault, and waits until all are back. */
  run(stage: Stage): Promise<Outcome>;
}

export interface PrepareOptions {
  /** The commit that an upgrade begins with. */
  readonly from: string;
}

/** What a scenario works with: all is started, and every device has been served. */
export interface Stage {
  readonly cluster: Cluster;
  readonly stores: Stores;
  readonly fleet: Fleet;
  readonly random: Random;
  /** Writes into the event log. */
  note(what: string): void;
  /** Where what was prepared lies. */
  readonly checkout: string | undefined;
  /** Gives all devices the same mean pause. */
  pace(pauseMs: number): void;
}

export interface Outcome {
  /** What was done, for the table. */
  readonly injected: string;
  /** From the end of the fault until every device was served, the longest. */
  readonly backMs: number;
  /** What was found broken beside the history of messages, a sentence each. */
  readonly broken: readonly string[];
}

/** For so long may two connections of one identity live at most (design: one lease). */
export const LEASE_MS = 15_000;
