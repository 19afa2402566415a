import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Affinity, openAffinity } from '@mooring/affinity';
import { ManualClock } from '@mooring/clock';
import { type DocumentStore, EmbeddedDocumentStore } from '@mooring/document-store';
import { EmbeddedEventLog, type EventLog } from '@mooring/event-log';
import {
  type ChangeNotice,
  type HubMessage,
  type HubTopics,
  hubTopics,
  newHeaders,
  readChangeNotice,
  readMessage,
} from '@mooring/messages';
import { createLogger, createMetrics, type Metrics } from '@mooring/observability';
import { createMonitoringService, type MonitoringRuntime } from '../create-monitoring-service.js';
import type { MonitoringOptions } from '../options.js';

const PARTITIONS = 4;
const HOUR_MS = 3_600_000;

/** One monitoring process of a test. */
export interface MonitoringProcess extends MonitoringRuntime {
  readonly metrics: Metrics;
}

/** The ports that processes of a test share. */
export interface Ports {
  readonly documents: DocumentStore;
  readonly log: EventLog;
  readonly affinity: Affinity;
  readonly topicPrefix: string;
  /** Ends them, and removes what they left. */
  close(): Promise<void>;
}

export async function embeddedPorts(clock: ManualClock): Promise<Ports> {
  const directory = mkdtempSync(join(tmpdir(), 'mooring-monitoring-'));
  const documents = await EmbeddedDocumentStore.open(join(directory, 'documents'));
  const log = await EmbeddedEventLog.open({ directory: join(directory, 'log') });
  const affinity = await openAffinity({ kind: 'embedded', clock });
  return {
    documents,
    log,
    affinity,
    topicPrefix: 'mooring',
    close: async () => {
      await log.close();
      await documents.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Ports, what was logged in them, and monitoring processes on them. */
export class MonitoringFixture {
  /** Connection state events, as logged. */
  readonly events: HubMessage[] = [];
  readonly notices: ChangeNotice[] = [];
  readonly topics: HubTopics;
  private readonly processes: MonitoringRuntime[] = [];

  private constructor(
    readonly clock: ManualClock,
    readonly ports: Ports,
  ) {
    this.topics = hubTopics(ports.topicPrefix, PARTITIONS, HOUR_MS);
  }

  static async open(makePorts: (clock: ManualClock) => Promise<Ports> = embeddedPorts): Promise<MonitoringFixture> {
    const clock = new ManualClock(Date.now());
    const ports = await makePorts(clock);
    const fixture = new MonitoringFixture(clock, ports);
    await ports.log.ensureTopics(fixture.topics.specs);
    await ports.log.follow(fixture.topics.ingress, (record) => fixture.events.push(readMessage(record)));
    await ports.log.follow(fixture.topics.changes, (record) => {
      fixture.notices.push(...[readChangeNotice(record)].filter((notice) => notice !== undefined));
    });
    return fixture;
  }

  /** A process that was started. */
  async start(options: Partial<MonitoringOptions> = {}): Promise<MonitoringProcess> {
    const monitoringProcess = await this.create(options);
    this.processes.push(monitoringProcess);
    await monitoringProcess.start();
    return monitoringProcess;
  }

  /** A process that has not begun to work beside the calls; it is never stopped, as one that is killed. */
  async create(options: Partial<MonitoringOptions> = {}): Promise<MonitoringProcess> {
    const metrics = createMetrics();
    const { documents, log, affinity } = this.ports;
    const runtime = await createMonitoringService({
      documents,
      log,
      affinity,
      topics: this.topics,
      clock: this.clock,
      logger: createLogger('test', 'silent'),
      metrics,
      hubName: 'hub',
      operationsRetentionMs: HOUR_MS,
      operationsMaxRecords: 1_000_000,
      ...options,
    });
    return Object.assign(runtime, { metrics });
  }

  /** Operations of one identity's events, as logged, e.g. `deviceConnected`. */
  operationsOf(deviceId: string, moduleId?: string): string[] {
    return this.events
      .filter(({ applicationProperties: properties }) => properties.get('deviceId') === deviceId)
      .filter(({ applicationProperties: properties }) => properties.get('moduleId') === moduleId)
      .map(({ applicationProperties: properties }) => properties.get('opType') ?? '');
  }

  /** Appends to the topic of operations. */
  async logOperations(...records: readonly (object | string)[]): Promise<void> {
    const values = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
    await this.ports.log
      .appender(this.topics.operations)
      .appendAll(values.map((value, index) => ({ key: `${index}`, headers: newHeaders(), value: Buffer.from(value) })));
  }

  /** Lets time pass, a little at a time, until a condition holds; fails after so many real ones. */
  async until(condition: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    while (!(await condition())) {
      if (performance.now() > deadline) {
        throw new Error(`This never came true: ${condition}`);
      }
      this.clock.advance(20);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async close(): Promise<void> {
    const stopped = Promise.all(this.processes.map((running) => running.stop()));
    let isStopped = false;
    void stopped.finally(() => {
      isStopped = true;
    });
    await this.until(() => isStopped);
    await stopped;
    await this.ports.close();
  }
}
