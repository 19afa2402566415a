import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, SystemClock } from '@mooring/clock';
import { type DocumentStore, EmbeddedDocumentStore } from '@mooring/document-store';
import { EmbeddedEventLog, type EventLog } from '@mooring/event-log';
import { type ChangeNotice, type HubMessage, hubTopics, readChangeNotice, readMessage } from '@mooring/messages';
import { createLogger, createMetrics, type Metrics } from '@mooring/observability';
import type { Operation } from '@mooring/operations';
import { control, type identity } from '@mooring/proto';
import { createIdentityService, type IdentityRuntime } from '../create-identity-service.js';
import type { DeclaredAccess } from '../options.js';

const TOPICS = hubTopics('mooring', 4, 3_600_000);
const NOTHING: DeclaredAccess = { sharedAccessPolicies: [], certificates: [] };

export interface ProcessOptions {
  readonly clock?: Clock;
  readonly declared?: Partial<DeclaredAccess>;
  readonly sealKey?: Buffer;
  /** As a process that is killed, it is never stopped. */
  readonly killed?: boolean;
  /** What identity gets to see of the stores. */
  readonly log?: (log: EventLog) => EventLog;
  readonly documents?: (documents: DocumentStore) => DocumentStore;
}

/** One identity process of a test. */
export interface IdentityProcess extends IdentityRuntime {
  readonly metrics: Metrics;
}

/** Embedded stores in a folder of their own, what was logged in them, and identity processes on them. */
export class IdentityFixture {
  readonly lifecycle: HubMessage[] = [];
  /** All but beats. */
  readonly broadcasts: NonNullable<control.ControlEvent['event']>[] = [];
  beats = 0;
  /** Identities of which notices were given: `device`, or `device/module`. */
  readonly notices: string[] = [];
  /** What was recorded. */
  readonly operations: Operation[] = [];
  private readonly processes: IdentityRuntime[] = [];

  private constructor(
    private readonly directory: string,
    readonly documents: DocumentStore,
    readonly log: EventLog,
  ) {}

  static async open(): Promise<IdentityFixture> {
    const directory = mkdtempSync(join(tmpdir(), 'mooring-identity-'));
    const documents = await EmbeddedDocumentStore.open(join(directory, 'documents'));
    const log = await EmbeddedEventLog.open({ directory: join(directory, 'log') });
    await log.ensureTopics(TOPICS.specs);
    const fixture = new IdentityFixture(directory, documents, log);
    await log.follow(TOPICS.ingress, (record) => fixture.lifecycle.push(readMessage(record)));
    await log.follow(TOPICS.control, ({ value }) => fixture.heard(control.ControlEvent.decode(value)));
    await log.follow(TOPICS.changes, (record) => fixture.noticed(readChangeNotice(record)));
    return fixture;
  }

  /** A process that was started. */
  async start(options: ProcessOptions = {}): Promise<IdentityProcess> {
    const identityProcess = await this.create(options);
    await identityProcess.start();
    return identityProcess;
  }

  /** A process that has not begun to work beside the calls. */
  async create({ clock, declared, sealKey, killed, log, documents }: ProcessOptions = {}): Promise<IdentityProcess> {
    const metrics = createMetrics();
    const runtime = await createIdentityService({
      documents: documents?.(this.documents) ?? this.documents,
      log: log?.(this.log) ?? this.log,
      topics: TOPICS,
      clock: clock ?? new SystemClock(),
      logger: createLogger('test', 'silent'),
      metrics,
      hubName: 'hub',
      sealKey: sealKey ?? Buffer.alloc(32, 7),
      declared: { ...NOTHING, ...declared },
      operations: { record: (operation) => this.operations.push(operation) },
    });
    if (!killed) {
      this.processes.push(runtime);
    }
    return Object.assign(runtime, { metrics });
  }

  /** What was told of one device's credentials, or of a module's. */
  changesOf(deviceId: string, moduleId = ''): control.CredentialsChanged[] {
    return this.broadcasts.flatMap((event) =>
      event.$case === 'credentialsChanged' && event.value.deviceId === deviceId && event.value.moduleId === moduleId
        ? [event.value]
        : [],
    );
  }

  /** Life-cycle operations of one device and its modules, as logged. */
  operationsOf(deviceId: string): string[] {
    return this.lifecycle
      .filter(({ applicationProperties }) => applicationProperties.get('deviceId') === deviceId)
      .map(({ applicationProperties }) => applicationProperties.get('opType') ?? '');
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((running) => running.stop()));
    await this.log.close();
    await this.documents.close();
    rmSync(this.directory, { recursive: true });
  }

  private noticed(notice: ChangeNotice | undefined): void {
    if (notice?.part === 'identity') {
      const { deviceId, moduleId } = notice;
      this.notices.push(moduleId === '' ? deviceId : `${deviceId}/${moduleId}`);
    }
  }

  private heard({ event }: control.ControlEvent): void {
    if (event?.$case === 'beat') {
      this.beats++;
    } else if (event !== undefined) {
      this.broadcasts.push(event);
    }
  }
}

/** Waits until a condition holds; fails after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(`This never came true: ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export type IdentityService = identity.IdentityService;
