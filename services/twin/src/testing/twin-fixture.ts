import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@mooring/clock';
import { keyOfName } from '@mooring/credentials';
import {
  type Collection,
  type CollectionSpec,
  type DocumentBody,
  type DocumentStore,
  EmbeddedDocumentStore,
} from '@mooring/document-store';
import { type Appender, EmbeddedEventLog, type EventLog } from '@mooring/event-log';
import {
  type ChangeNotice,
  changeNoticeRecord,
  type HubMessage,
  type HubTopics,
  hubTopics,
  readMessage,
} from '@mooring/messages';
import { createLogger, createMetrics, type Metrics } from '@mooring/observability';
import type { Operation } from '@mooring/operations';
import { createTwinService, type TwinRuntime } from '../create-twin-service.js';
import type { TwinOptions } from '../options.js';
import type { TwinRecord } from '../store/twin-record.js';
import { TestDirectory, TestLocator, TestMonitoring } from './neighbours.js';

const PARTITIONS = 4;
const HOUR_MS = 3_600_000;

/** One twin process of a test. */
export interface TwinProcess extends TwinRuntime {
  readonly metrics: Metrics;
}

/** The ports that processes of a test share. */
export interface Ports {
  readonly documents: DocumentStore;
  readonly log: EventLog;
  readonly topicPrefix: string;
  /** Ends them, and removes what they left. */
  close(): Promise<void>;
}

export async function embeddedPorts(): Promise<Ports> {
  const directory = mkdtempSync(join(tmpdir(), 'mooring-twin-'));
  const documents = await EmbeddedDocumentStore.open(join(directory, 'documents'));
  const log = await EmbeddedEventLog.open({ directory: join(directory, 'log') });
  return {
    documents,
    log,
    topicPrefix: 'mooring',
    close: async () => {
      await log.close();
      await documents.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Ports, what was logged in them, the services beside, and twin processes. */
export class TwinFixture {
  /** Twin change events, as logged. */
  readonly events: HubMessage[] = [];
  readonly operations: Operation[] = [];
  readonly clock = new ManualClock();
  readonly directory = new TestDirectory();
  readonly monitoring = new TestMonitoring();
  readonly counts = new Map<string, number>();
  readonly locator = new TestLocator();
  readonly topics: HubTopics;
  private twins: Collection<TwinRecord> | undefined;
  private readonly processes: TwinRuntime[] = [];

  private constructor(readonly ports: Ports) {
    this.topics = hubTopics(ports.topicPrefix, PARTITIONS, HOUR_MS);
  }

  static async open(makePorts: () => Promise<Ports> = embeddedPorts): Promise<TwinFixture> {
    const fixture = new TwinFixture(await makePorts());
    await fixture.ports.log.ensureTopics(fixture.topics.specs);
    await fixture.ports.log.follow(fixture.topics.ingress, (record) => fixture.events.push(readMessage(record)));
    return fixture;
  }

  /** A process that was started. */
  async start(options: Partial<TwinOptions> = {}): Promise<TwinProcess> {
    const twinProcess = await this.create(options);
    this.processes.push(twinProcess);
    await twinProcess.start();
    return twinProcess;
  }

  /** A process that has not begun to work beside the calls; it is never stopped, as one that is killed. */
  async create(options: Partial<TwinOptions> = {}): Promise<TwinProcess> {
    const metrics = createMetrics();
    const runtime = await createTwinService({
      documents: this.documents,
      log: this.ports.log,
      topics: this.topics,
      directory: this.directory,
      monitoring: this.monitoring,
      c2dQueue: {
        count: async ({ keys }) => ({ counts: keys.map(({ deviceId }) => this.counts.get(deviceId) ?? 0) }),
      },
      locator: this.locator,
      operations: { record: (operation) => this.operations.push(operation) },
      clock: this.clock,
      logger: createLogger('test', 'silent'),
      metrics,
      hubName: 'hub',
      twinIndexes: [],
      queryMaxMs: 10_000,
      ...options,
    });
    return Object.assign(runtime, { metrics });
  }

  /** Twins with events that are not told, or only just. */
  async pendingTwins(): Promise<number> {
    return (await this.twins?.count({ pendingSince: { $gt: 0 } })) ?? 0;
  }

  /** Names of all twins that are stored. */
  async storedNames(): Promise<readonly string[]> {
    return (await this.twins?.query({ filter: {}, limit: 1_000 }))?.map(({ _id }) => _id) ?? [];
  }

  /** The store, which keeps hold of the collection that processes open. */
  private get documents(): DocumentStore {
    const { documents } = this.ports;
    const collection: DocumentStore['collection'] = async <T extends DocumentBody>(spec: CollectionSpec) => {
      const opened = await documents.collection<T>(spec);
      this.twins = opened as unknown as Collection<TwinRecord>;
      return opened;
    };
    return Object.create(documents, { collection: { value: collection } }) as DocumentStore;
  }

  /** A log whose appends to ingress never end: as a process that is killed between the write and the event. */
  get silentLog(): EventLog {
    const { log } = this.ports;
    const appendAll: Appender['appendAll'] = () => new Promise(() => undefined);
    const appender = (topic: string): Appender =>
      topic === this.topics.ingress
        ? (Object.create(log.appender(topic), { appendAll: { value: appendAll } }) as Appender)
        : log.appender(topic);
    return Object.create(log, { appender: { value: appender } }) as EventLog;
  }

  async notify(part: ChangeNotice['part'], ...names: readonly string[]): Promise<void> {
    const records = names.map((name) => changeNoticeRecord({ part, ...keyOfName(name) }));
    await this.ports.log.appender(this.topics.changes).appendAll(records);
  }

  /** Bodies of one twin's events, as logged. */
  bodiesOf(name: string): Record<string, unknown>[] {
    return this.eventsOf(name).map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>);
  }

  eventsOf(name: string): HubMessage[] {
    const { deviceId, moduleId } = keyOfName(name);
    return this.events.filter(
      ({ applicationProperties: properties }) =>
        properties.get('deviceId') === deviceId && (properties.get('moduleId') ?? '') === moduleId,
    );
  }

  /** Lets time pass, a little at a time, until a condition holds; fails after so many real seconds. */
  async until(condition: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
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
