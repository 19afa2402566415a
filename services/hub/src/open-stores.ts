import { type Affinity, openAffinity } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';
import type { Settings } from '@mooring/config';
import { type DocumentStore, openDocumentStore } from '@mooring/document-store';
import { type EventLog, openEventLog } from '@mooring/event-log';
import { Gauge, type Logger, type Metrics } from '@mooring/observability';
import type { ReadinessCheck } from './admin/readiness.js';
import type { DataFolder } from './data-folder/data-folder.js';

/** The ports that services work on. */
export interface Stores {
  readonly log: EventLog;
  readonly documents: DocumentStore;
  readonly affinity: Affinity;
  readonly checks: readonly ReadinessCheck[];
  close(): Promise<void>;
}

export interface StoreContext {
  readonly settings: Settings;
  readonly folder: DataFolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Opens the stores that the settings name. Which adapter stands behind each port is decided here and nowhere else. */
export async function openStores(context: StoreContext): Promise<Stores> {
  const opened: { close(): Promise<void> }[] = [];
  const closeAll = async (): Promise<void> => {
    for (const store of opened.reverse()) {
      await store.close();
    }
  };
  try {
    const documents = await openDocuments(context);
    opened.push(documents);
    const log = await openLog(context);
    opened.push(log);
    const affinity = await openHolders(context);
    opened.push(affinity);
    return { log, documents, affinity, checks: readinessChecks(log, documents, affinity), close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function openDocuments({ settings, folder, clock }: StoreContext): Promise<DocumentStore> {
  const { mongoUrl, mongoDatabase } = settings;
  return openDocumentStore(
    mongoUrl === undefined
      ? { kind: 'embedded', directory: folder.file('documents') }
      : { kind: 'mongodb', url: mongoUrl, database: mongoDatabase, clock },
  );
}

function openLog({ settings, folder, clock }: StoreContext): Promise<EventLog> {
  const { kafkaBrokers, appendGiveUpSeconds, appendMaxBytes } = settings;
  const limits = { records: MAX_WAITING_RECORDS, bytes: appendMaxBytes };
  return openEventLog(
    kafkaBrokers === undefined
      ? { kind: 'embedded', directory: folder.file('log'), clock, limits }
      : {
          kind: 'kafka',
          brokers: kafkaBrokers,
          clock,
          giveUpMs: appendGiveUpSeconds * 1000,
          laneLimits: { records: MAX_WAITING_RECORDS, bytes: Math.ceil(appendMaxBytes / 2) },
          appenderLimits: limits,
        },
  );
}

/** Of one topic, in this process; how many bytes is a setting. */
const MAX_WAITING_RECORDS = 40_000;

function openHolders({ settings, clock, logger, metrics }: StoreContext): Promise<Affinity> {
  const { redisUrl, redisPrefix } = settings;
  if (redisUrl === undefined) {
    return openAffinity({ kind: 'embedded', clock });
  }
  const skew = new Gauge({
    name: 'mooring_hub_redis_clock_skew_seconds',
    help: "Redis' clock less that of this machine.",
    registers: [metrics],
  });
  return openAffinity({
    kind: 'redis',
    url: redisUrl,
    prefix: redisPrefix,
    clock,
    onSkew: (skewMs) => skew.set(skewMs / 1000),
    onError: (error) => logger.warn({ err: error }, 'Redis cannot be reached; it is tried again'),
  });
}

function readinessChecks(log: EventLog, documents: DocumentStore, affinity: Affinity): readonly ReadinessCheck[] {
  return [
    { name: 'event log', check: () => log.deficiencies() },
    { name: 'document store', check: () => documents.deficiencies() },
    {
      name: 'affinity',
      check: async () => {
        const message = await affinity.deficiency();
        return message === undefined ? [] : [{ severity: 'unavailable', message }];
      },
    },
  ];
}
