import { Outbox } from '@mooring/outbox';
import type { monitoring } from '@mooring/proto';
import { openCollections } from './collections.js';
import { ConnectedCount } from './connections/connected-count.js';
import { ConnectionChannel } from './connections/connection-channel.js';
import { ConnectionNotices } from './connections/connection-notices.js';
import type { ConnectionRecord } from './connections/connection-record.js';
import { ConnectionStore } from './connections/connection-store.js';
import { ConnectionsContract } from './connections/connections-contract.js';
import { MonitoringMetrics } from './metrics.js';
import { MonitoringServer } from './monitoring.service.js';
import { OperationIntake } from './operations/operation-intake.js';
import { OperationPages } from './operations/operation-pages.js';
import { OperationRetention } from './operations/operation-retention.js';
import type { MonitoringOptions } from './options.js';
import { MessageUsage } from './quota/message-usage.js';
import { Departures } from './sweeps/departures.js';
import { EdgeDirectory } from './sweeps/edge-directory.js';
import { LapsedEdges } from './sweeps/lapsed-edges.js';
import { Repeatedly } from './sweeps/repeatedly.js';

const LAPSED_MS = 2_000;
const HOUSEKEEPING_MS = 60_000;
/** How long a stop waits for events that are on their way. */
const DRAIN_MS = 2_000;

/** Monitoring as it runs in a process: the contract, and what goes on beside the calls. */
export interface MonitoringRuntime {
  readonly service: monitoring.MonitoringService;
  /** Tells what earlier processes left untold, and begins to consume and to sweep. */
  start(): Promise<void>;
  /** Ends all that; events that are on their way get a moment. Then the stores may be closed. */
  stop(): Promise<void>;
}

/** Puts monitoring together; nothing runs before `start`. */
export async function createMonitoringService(options: MonitoringOptions): Promise<MonitoringRuntime> {
  const { log, affinity, topics, clock, hubName } = options;
  const logger = options.logger.child({ service: 'monitoring' });
  const collections = await openCollections(options.documents);
  const notices = new ConnectionNotices({ log, topic: topics.changes, logger });
  const outbox = new Outbox({
    collection: collections.connections,
    channels: [new ConnectionChannel({ log, topic: topics.ingress, hubName, notices })],
    clock,
    logger,
  });
  const metrics = new MonitoringMetrics(options.metrics, () => outbox.size);
  const connections = new ConnectionStore({
    collection: collections.connections,
    written: (name, pending) => outbox.tell(name, pending),
    changed: (names) => notices.mention(names),
    lost: (events) => metrics.eventsLost(events),
  });
  const edges = new EdgeDirectory(collections.edges);
  const usage = new MessageUsage(collections.usage);
  const service = new MonitoringServer({
    connections: new ConnectionsContract({
      connections,
      edges,
      count: new ConnectedCount(connections, clock),
      clock,
      metrics,
    }),
    operations: new OperationPages(collections.operations),
    usage,
    metrics,
  });
  return new Running(service, {
    outbox,
    departures: new Departures({ connections, log, topic: topics.control, clock }),
    intake: new OperationIntake({
      collection: collections.operations,
      log,
      topic: topics.operations,
      kept: (records) => metrics.operationRecords('kept', records),
      skipped: (why) => metrics.operationRecords(why),
    }),
    lapsed: new LapsedEdges({
      connections,
      edges,
      affinity,
      clock,
      logger,
      swept: (ended) => metrics.connectionsSwept(ended),
    }),
    retention: new OperationRetention({
      collection: collections.operations,
      clock,
      retentionMs: options.operationsRetentionMs,
      maxRecords: options.operationsMaxRecords,
      forgotten: (records) => metrics.operationRecords('forgotten', records),
    }),
    usage,
    tasks: new Repeatedly(clock, logger),
    clock,
  });
}

interface RunningParts extends Pick<MonitoringOptions, 'clock'> {
  readonly outbox: Outbox<ConnectionRecord>;
  readonly departures: Departures;
  readonly intake: OperationIntake;
  readonly lapsed: LapsedEdges;
  readonly retention: OperationRetention;
  readonly usage: MessageUsage;
  readonly tasks: Repeatedly;
}

class Running implements MonitoringRuntime {
  constructor(
    readonly service: monitoring.MonitoringService,
    private readonly parts: RunningParts,
  ) {}

  async start(): Promise<void> {
    const { outbox, departures, intake, lapsed, retention, usage, tasks, clock } = this.parts;
    await outbox.start();
    await departures.start();
    await intake.start();
    tasks.start([
      { what: 'the sweep of lapsed edges', periodMs: LAPSED_MS, run: () => lapsed.sweep() },
      { what: 'the purge of deleted identities', periodMs: HOUSEKEEPING_MS, run: () => departures.purge() },
      { what: 'the retention of operation records', periodMs: HOUSEKEEPING_MS, run: () => retention.sweep() },
      { what: 'the purge of counts of messages', periodMs: HOUSEKEEPING_MS, run: () => usage.forget(clock.now()) },
    ]);
  }

  async stop(): Promise<void> {
    const { outbox, departures, intake, tasks, clock } = this.parts;
    await Promise.all([tasks.stop(), departures.stop(), intake.stop()]);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(DRAIN_MS, resolve);
    await Promise.race([outbox.drained(), late]);
    timer.cancel();
    await outbox.stop();
  }
}
