import type { Clock } from '@mooring/clock';
import { Outbox } from '@mooring/outbox';
import type { c2dqueue } from '@mooring/proto';
import { C2dQueueServer } from './c2d-queue.service.js';
import { openCollections } from './collections.js';
import { FeedbackChannel } from './feedback/feedback-channel.js';
import { FeedbackQueue } from './feedback/feedback-queue.js';
import { FEEDBACK_DELAY_MS } from './limits.js';
import { C2dQueueMetrics } from './metrics.js';
import type { C2dQueueOptions } from './options.js';
import type { HeadRecord } from './queue/head-record.js';
import { Counting } from './requests/counting.js';
import { CurrentIdentities } from './requests/current-identities.js';
import { Enqueueing } from './requests/enqueueing.js';
import { Receiving } from './requests/receiving.js';
import { Settling } from './requests/settling.js';
import { BodyStore } from './store/body-store.js';
import { HeadStore } from './store/head-store.js';
import { Departures } from './sweeps/departures.js';
import { DueQueues } from './sweeps/due-queues.js';
import { ExpiredDocuments } from './sweeps/expired-documents.js';
import { LateHints } from './sweeps/late-hints.js';
import { Repeatedly } from './sweeps/repeatedly.js';
import { CountNotices } from './telling/count-notices.js';
import { Hints } from './telling/hints.js';
import { OperationReports } from './telling/operation-reports.js';
import { QueueChanges } from './telling/queue-changes.js';

const DUE_MS = 1_000;
const LATE_HINTS_MS = 2_000;
const HOUSEKEEPING_MS = 30_000;
/** How long a stop waits for what is on its way. */
const DRAIN_MS = 2_000;

/** C2d-queue as it runs in a process: the contract, and what goes on beside the calls. */
export interface C2dQueueRuntime {
  readonly service: c2dqueue.C2dQueueService;
  /** Tells what earlier processes left untold, and begins to consume and to sweep. */
  start(): Promise<void>;
  /** Ends all that; what is on its way gets a moment. Then the stores may be closed. */
  stop(): Promise<void>;
}

/** Puts c2d-queue together; nothing runs before `start`. */
export async function createC2dQueueService(options: C2dQueueOptions): Promise<C2dQueueRuntime> {
  const { log, topics, locator, clock, settings } = options;
  const logger = options.logger.child({ service: 'c2d-queue' });
  const collections = await openCollections(options.documents);
  const metrics = new C2dQueueMetrics(options.metrics, () => outbox.size);
  const outbox = new Outbox<HeadRecord>({
    collection: collections.heads,
    channels: [
      new FeedbackChannel({
        collection: collections.feedback,
        timeToLiveMs: settings.feedbackTimeToLiveSeconds * 1_000,
        kept: (records) => metrics.feedbackRecords('kept', records),
      }),
    ],
    clock,
    logger,
  });
  const bodies = new BodyStore(collections.bodies);
  const hints = new Hints({ locator, clock, logger, ended: (outcome, queues) => metrics.hinted(outcome, queues) });
  const notices = new CountNotices({ appender: log.appender(topics.changes), clock, logger });
  const reports = new OperationReports(options.operations);
  const changes = new QueueChanges({ bodies, outbox, hints, notices, reports, metrics });
  const lockMs = settings.c2dLockSeconds * 1_000;
  const heads = new HeadStore({
    collection: collections.heads,
    rules: {
      maxMessages: settings.c2dMaxQueuedMessages,
      maxDeliveries: settings.c2dMaxDeliveryCount,
      graceMs: lockMs,
    },
    clock,
    written: (name, queue) => changes.follow(name, queue),
  });
  const identities = new CurrentIdentities(options.directory);
  const feedback = new FeedbackQueue({
    collection: collections.feedback,
    clock,
    delayMs: FEEDBACK_DELAY_MS,
    lockMs: settings.feedbackLockSeconds * 1_000,
    maxDeliveries: settings.feedbackMaxDeliveryCount,
    ended: (how, records) => metrics.feedbackRecords(how, records),
    lockLost: (error) => reports.feedbackLost(error),
  });
  const timeToLiveMs = settings.c2dTimeToLiveSeconds * 1_000;
  const service = new C2dQueueServer({
    enqueueing: new Enqueueing({ heads, bodies, identities, reports, metrics, clock, timeToLiveMs }),
    receiving: new Receiving({ heads, bodies, metrics, lockMs }),
    settling: new Settling(heads),
    counting: new Counting(heads, identities),
    feedback,
    metrics,
  });
  return new Running(service, {
    outbox,
    hints,
    notices,
    departures: new Departures({ collection: collections.heads, heads, identities, log, topic: topics.changes }),
    due: new DueQueues({ collection: collections.heads, heads, clock }),
    late: new LateHints({ collection: collections.heads, hints, clock }),
    expired: new ExpiredDocuments({ bodies, feedback, clock, graceMs: lockMs }),
    tasks: new Repeatedly(clock, logger),
    clock,
  });
}

interface RunningParts {
  readonly outbox: Outbox<HeadRecord>;
  readonly hints: Hints;
  readonly notices: CountNotices;
  readonly departures: Departures;
  readonly due: DueQueues;
  readonly late: LateHints;
  readonly expired: ExpiredDocuments;
  readonly tasks: Repeatedly;
  readonly clock: Clock;
}

class Running implements C2dQueueRuntime {
  constructor(
    readonly service: c2dqueue.C2dQueueService,
    private readonly parts: RunningParts,
  ) {}

  async start(): Promise<void> {
    const { outbox, departures, due, late, expired, tasks } = this.parts;
    await outbox.start();
    await departures.start();
    tasks.start([
      { what: 'the sweep of queues', periodMs: DUE_MS, run: () => due.sweep() },
      { what: 'the look for late hints', periodMs: LATE_HINTS_MS, run: () => late.look() },
      { what: 'the removal of what has expired', periodMs: HOUSEKEEPING_MS, run: () => expired.remove() },
    ]);
  }

  async stop(): Promise<void> {
    const { outbox, hints, notices, departures, tasks, clock } = this.parts;
    await Promise.all([tasks.stop(), departures.stop()]);
    hints.stop();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(DRAIN_MS, resolve);
    await Promise.race([Promise.all([outbox.drained(), notices.stop()]), late]);
    timer.cancel();
    await outbox.stop();
  }
}
