import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { C2D_QUEUE_SERVICE } from '@mooring/c2d-queue';
import { SystemClock } from '@mooring/clock';
import type { Configuration } from '@mooring/config';
import { ConnectedEdges } from '@mooring/delivery';
import { EDGE, type Edge } from '@mooring/edge';
import { DIRECTORY_SERVICE, IDENTITY_SERVICE } from '@mooring/identity';
import { hubTopics } from '@mooring/messages';
import { MONITORING_SERVICE } from '@mooring/monitoring';
import { createLogger, createMetrics } from '@mooring/observability';
import { OperationRecorder } from '@mooring/operations';
import type { identity } from '@mooring/proto';
import { DailyQuota, ThrottleExchange, Throttles } from '@mooring/throttling';
import { TWIN_SERVICE } from '@mooring/twin';
import { NestFactory } from '@nestjs/core';
import { listenForAdmin } from '../admin/listen-for-admin.js';
import type { ReadinessCheck } from '../admin/readiness.js';
import { writeConnectionStrings } from '../data-folder/connection-strings.js';
import { DataFolder } from '../data-folder/data-folder.js';
import { loadSealKey } from '../data-folder/seal-key.js';
import { greeting } from '../greeting.js';
import { affinityCheck, documentsCheck, logCheck } from './checks.js';
import { HubModule } from './hub.module.js';
import { Lifecycle } from './lifecycle.js';
import { Peers } from './peers.js';
import { remoteContracts } from './remote-contracts.js';
import type { Runtime } from './runtime.js';
import { type Contracts, serveContracts } from './serve-contracts.js';
import { serveFronts } from './serve-fronts.js';
import { holdsAny, SERVICE_NAMES, type Services } from './service-name.js';
import { needsAffinity, needsDocuments, openDocuments, openHolders, openLog, requireSharedStores } from './stores.js';
import { openTracing } from './tracing.js';

const HOUR_MS = 60 * 60 * 1000;
const OWNER_POLICY = 'iothubowner';

export interface StartOptions {
  /** Used instead of the HTTPS port where the right to bind that is missing. */
  readonly unprivilegedHttpsPort?: number;
}

/** Runs some of the hub's services in this process; resolves when everything that it says it serves works. */
export async function startProcess(
  configuration: Configuration,
  services: Services,
  options: StartOptions = {},
): Promise<Lifecycle> {
  const lifecycle = new Lifecycle();
  try {
    await start({ configuration, services, options, lifecycle });
    return lifecycle;
  } catch (error) {
    await lifecycle.stop().catch(() => undefined);
    throw error;
  }
}

interface Start {
  readonly configuration: Configuration;
  readonly services: Services;
  readonly options: StartOptions;
  readonly lifecycle: Lifecycle;
}

async function start({ configuration, services, options, lifecycle }: Start): Promise<void> {
  const { settings } = configuration;
  requireSharedStores(services, settings);
  const observed = {
    clock: new SystemClock(),
    logger: createLogger('mooring', settings.logLevel),
    metrics: createMetrics(),
  };
  const tracing = await openTracing(settings, services, observed);
  if (tracing !== undefined) {
    lifecycle.onStop(() => tracing.close());
  }
  const runtime: Runtime = { ...observed, tracing };
  const folder = new DataFolder(settings.data);
  const context = { settings, folder, ...runtime };
  const sealKey = services.has('identity') ? loadSealKey(folder, settings.sealKey) : undefined;

  let started = false;
  const checks: ReadinessCheck[] = [
    {
      name: 'hub',
      check: async () => {
        const message = lifecycle.isStopping ? 'it is being stopped' : started ? undefined : 'it is starting';
        return message === undefined ? [] : [{ severity: 'unavailable', message }];
      },
    },
  ];
  const adminPort = await listenForAdmin({ settings, lifecycle, checks, ...runtime });

  const log = await openLog(context);
  lifecycle.onStop(() => log.close());
  checks.push(logCheck(log));
  const documents = needsDocuments(services) ? await openDocuments(context) : undefined;
  if (documents !== undefined) {
    lifecycle.onStop(() => documents.close());
    checks.push(documentsCheck(documents));
  }
  const affinity = needsAffinity(services) ? await openHolders(context) : undefined;
  if (affinity !== undefined) {
    lifecycle.onStop(() => affinity.close());
    checks.push(affinityCheck(affinity));
  }
  const topics = hubTopics(settings.topicPrefix, settings.partitions, settings.retentionHours * HOUR_MS);
  await log.ensureTopics(topics.specs);

  const isWhole = services.size === SERVICE_NAMES.length;
  const peers = isWhole ? undefined : await Peers.open(settings, runtime);
  if (peers !== undefined) {
    lifecycle.onStop(() => peers.close());
  }
  const remote = peers === undefined ? {} : remoteContracts({ services, peers, lifecycle, checks });
  const operations = new OperationRecorder({ appender: log.appender(topics.operations), ...runtime });
  const processName = settings.edgeId ?? `${hostname()}-${process.pid}`;
  const throttles = holdsAny(services, 'edge', 'api') ? Throttles.open({ settings, ...runtime }) : undefined;
  if (throttles !== undefined && !isWhole) {
    const topic = topics.control;
    const exchange = new ThrottleExchange({ throttles, process: processName, eventLog: log, topic, ...runtime });
    await exchange.start();
    lifecycle.onStop(() => exchange.stop());
  }
  const quota = holdsAny(services, 'edge', 'api')
    ? DailyQuota.open({
        limit: settings.dailyMessageQuota,
        process: processName,
        incarnation: randomUUID(),
        ...runtime,
      })
    : undefined;
  let edge: Edge | undefined;
  const locator =
    affinity === undefined
      ? undefined
      : new ConnectedEdges({
          affinity,
          peers: peers?.edges,
          own: services.has('edge') ? { process: processName, delivery: () => edge?.delivery } : undefined,
          onUnanswered: (address, error) =>
            runtime.logger.warn({ err: error, address }, 'an edge did not say who is connected to it'),
        });

  const application = await NestFactory.createApplicationContext(
    HubModule.register({
      services,
      configuration,
      runtime,
      topics,
      log,
      documents,
      sealKey,
      affinity,
      locator,
      operations,
      throttles,
      quota,
      remote,
      edges: peers === undefined ? undefined : { peers: peers.edges, ownAddress: peers.ownAddress },
    }),
    { logger: false, abortOnError: false },
  );
  lifecycle.onStop(() => application.close());
  await application.init();
  const contract = <S>(token: symbol): S => application.get<S>(token, { strict: false });
  const contracts: Contracts = {
    identity: contract(IDENTITY_SERVICE),
    directory: contract(DIRECTORY_SERVICE),
    twin: contract(TWIN_SERVICE),
    c2dQueue: contract(C2D_QUEUE_SERVICE),
    monitoring: contract(MONITORING_SERVICE),
  };
  edge = services.has('edge') ? contract<Edge>(EDGE) : undefined;

  if (peers !== undefined && holdsAny(services, 'identity', 'twin', 'c2d-queue', 'edge', 'monitoring')) {
    const server = peers.server();
    serveContracts(server, { services, contracts, edge });
    lifecycle.onStop(() => server.drain(settings.drainSeconds * 1000));
    await server.listen();
  }
  if (services.has('identity')) {
    await writeOwnersConnectionStrings(contracts.identity, folder, settings.hostname);
  }

  if (quota !== undefined) {
    await quota.start(contracts.monitoring);
    lifecycle.onStop(() => quota.stop());
  }
  if (affinity !== undefined && locator !== undefined && holdsAny(services, 'edge', 'api')) {
    const served = {
      configuration,
      services,
      unprivilegedHttpsPort: options.unprivilegedHttpsPort,
      runtime,
      lifecycle,
      folder,
      topics,
      log,
      affinity,
      locator,
      operations,
      throttles,
      quota,
    };
    const { ports, authority } = await serveFronts({ ...served, contracts, edge, process: processName });
    if (isWhole) {
      process.stdout.write(greeting({ settings, folder, ports, adminPort, authority }));
    }
  }
  started = true;
  runtime.logger.info({ services: [...services] }, 'ready');
  lifecycle.onStop(() => runtime.logger.info({}, 'draining'));
}

async function writeOwnersConnectionStrings(
  identityService: identity.IdentityService,
  folder: DataFolder,
  hubHostname: string,
): Promise<void> {
  const { policies } = await identityService.listPolicies({});
  const owner = policies.find((policy) => policy.name === OWNER_POLICY);
  if (owner === undefined) {
    throw new Error(`there is no policy ${OWNER_POLICY}`);
  }
  writeConnectionStrings(folder, hubHostname, owner);
}
