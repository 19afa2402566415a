import { type Affinity, openAffinity } from '@mooring/affinity';
import { ConfigurationError, environmentName, type SettingName, type Settings } from '@mooring/config';
import { type DocumentStore, openDocumentStore } from '@mooring/document-store';
import { type EventLog, openEventLog } from '@mooring/event-log';
import { Gauge } from '@mooring/observability';
import type { DataFolder } from '../data-folder/data-folder.js';
import type { Runtime } from './runtime.js';
import { holdsAny, SERVICE_NAMES, type Services } from './service-name.js';

export interface StoreContext extends Runtime {
  readonly settings: Settings;
  readonly folder: DataFolder;
}

/** Of one topic, in this process; how many bytes is a setting. */
const MAX_WAITING_RECORDS = 40_000;

/**
 * Embedded stores belong to one process, so a process that holds only some of the services needs the distributed ones.
 * @throws ConfigurationError naming the variable that is missing
 */
export function requireSharedStores(services: Services, settings: Settings): void {
  if (services.size === SERVICE_NAMES.length) {
    return;
  }
  const needed: SettingName[] = ['kafkaBrokers'];
  if (needsAffinity(services)) {
    needed.push('redisUrl');
  }
  if (needsDocuments(services)) {
    needed.push('mongoUrl');
  }
  const missing = needed.filter((name) => settings[name] === undefined).map(environmentName);
  if (missing.length > 0) {
    throw new ConfigurationError(
      `Services in processes of their own share their stores: set ${missing.join(', ')}. \`mooring up\` needs none.`,
    );
  }
}

export function needsAffinity(services: Services): boolean {
  return holdsAny(services, 'edge', 'api', 'monitoring', 'twin', 'c2d-queue');
}

export function needsDocuments(services: Services): boolean {
  return holdsAny(services, 'identity', 'monitoring', 'twin', 'c2d-queue');
}

// Which adapter stands behind each port is decided in the three functions below, and nowhere else.

export function openLog({ settings, folder, clock }: StoreContext): Promise<EventLog> {
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

export function openDocuments({ settings, folder, clock }: StoreContext): Promise<DocumentStore> {
  const { mongoUrl, mongoDatabase } = settings;
  return openDocumentStore(
    mongoUrl === undefined
      ? { kind: 'embedded', directory: folder.file('documents') }
      : { kind: 'mongodb', url: mongoUrl, database: mongoDatabase, clock },
  );
}

export function openHolders({ settings, clock, logger, metrics }: StoreContext): Promise<Affinity> {
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
