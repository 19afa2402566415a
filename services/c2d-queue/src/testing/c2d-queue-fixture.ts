import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@mooring/clock';
import { type DocumentStore, EmbeddedDocumentStore } from '@mooring/document-store';
import { EmbeddedEventLog, type EventLog } from '@mooring/event-log';
import { type ChangeNotice, changeNoticeRecord, type HubTopics, hubTopics, readChangeNotice } from '@mooring/messages';
import { createLogger, createMetrics, type Metrics } from '@mooring/observability';
import type { Operation } from '@mooring/operations';
import { type C2dQueueRuntime, createC2dQueueService } from '../create-c2d-queue-service.js';
import type { C2dQueueSettings } from '../options.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeEdges } from './fake-edges.js';
import { MortalProcess } from './mortal-process.js';

const PARTITIONS = 4;
const HOUR_MS = 3_600_000;

export const SETTINGS: C2dQueueSettings = {
  c2dTimeToLiveSeconds: 3_600,
  c2dMaxDeliveryCount: 10,
  c2dMaxQueuedMessages: 50,
  c2dLockSeconds: 60,
  feedbackTimeToLiveSeconds: 3_600,
  feedbackLockSeconds: 60,
  feedbackMaxDeliveryCount: 10,
};

/** One c2d-queue process of a test. */
export interface C2dQueueProcess extends C2dQueueRuntime {
  readonly metrics: Metrics;
  /** Nothing of it goes on, as after kill -9. */
  kill(): void;
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
  const directory = mkdtempSync(join(tmpdir(), 'mooring-c2d-queue-'));
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

/** Ports, what was told in them, and c2d-queue processes on them. */
export class C2dQueueFixture {
  readonly clock = new ManualClock(Date.now());
  readonly directory = new FakeDirectory();
  readonly edges = new FakeEdges();
  readonly operations: Operation[] = [];
  /** Of queues. */
  readonly notices: ChangeNotice[] = [];
  readonly topics: HubTopics;
  /** Called in the midst of what a process does about a queue that it has just written. */
  recorded: () => void = () => undefined;
  private readonly processes = new Set<C2dQueueRuntime>();

  private constructor(readonly ports: Ports) {
    this.topics = hubTopics(ports.topicPrefix, PARTITIONS, HOUR_MS);
  }

  static async open(makePorts: () => Promise<Ports> = embeddedPorts): Promise<C2dQueueFixture> {
    const ports = await makePorts();
    const fixture = new C2dQueueFixture(ports);
    await ports.log.ensureTopics(fixture.topics.specs);
    await ports.log.follow(fixture.topics.changes, (record) => {
      const notice = readChangeNotice(record);
      if (notice?.part === 'queue') {
        fixture.notices.push(notice);
      }
    });
    return fixture;
  }

  /** A process that was started. */
  async start(settings: Partial<C2dQueueSettings> = {}): Promise<C2dQueueProcess> {
    const created = await this.create(settings);
    this.processes.add(created);
    await created.start();
    return created;
  }

  /** A process that has not begun to work beside the calls. */
  async create(settings: Partial<C2dQueueSettings> = {}): Promise<C2dQueueProcess> {
    const metrics = createMetrics();
    const life = new MortalProcess();
    const { documents, log } = this.ports;
    const runtime = await createC2dQueueService({
      documents: life.store(documents),
      log,
      topics: this.topics,
      directory: this.directory,
      locator: this.edges,
      operations: {
        record: (operation) => {
          this.operations.push(operation);
          this.recorded();
        },
      },
      clock: life.clock(this.clock),
      logger: createLogger('test', 'silent'),
      metrics,
      settings: { ...SETTINGS, ...settings },
    });
    const kill = () => {
      life.kill();
      this.processes.delete(created);
    };
    const created = Object.assign(runtime, { metrics, kill });
    return created;
  }

  /** Says that identities have changed. */
  async announce(...names: readonly string[]): Promise<void> {
    const records = names.map((name) => {
      const [deviceId = '', moduleId = ''] = name.split('/');
      return changeNoticeRecord({ part: 'identity', deviceId, moduleId });
    });
    await this.ports.log.appender(this.topics.changes).appendAll(records);
  }

  /** Lets time pass, a little at a time, until a condition holds; fails after so many real seconds. */
  async until(condition: () => boolean | Promise<boolean>, { seconds = 20, stepMs = 20 } = {}): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    while (!(await condition())) {
      if (performance.now() > deadline) {
        throw new Error(`This never came true: ${condition}`);
      }
      this.clock.advance(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async close(): Promise<void> {
    let isStopped = false;
    const stopped = Promise.all([...this.processes].map((running) => running.stop())).finally(() => {
      isStopped = true;
    });
    await this.until(() => isStopped);
    await stopped;
    await this.ports.close();
  }
}
