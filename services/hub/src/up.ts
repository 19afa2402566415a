import { hostname } from 'node:os';
import { AmqpServer } from '@mooring/amqp';
import { createApi, EventHubsEndpoint, PolicyDirectory } from '@mooring/api';
import { SystemClock } from '@mooring/clock';
import type { Configuration, Settings } from '@mooring/config';
import { EDGE, type Edge } from '@mooring/edge';
import { IDENTITY_SERVICE } from '@mooring/identity';
import { Listener } from '@mooring/listener';
import { hubTopics } from '@mooring/messages';
import { createLogger, createMetrics } from '@mooring/observability';
import type { identity } from '@mooring/proto';
import { NestFactory } from '@nestjs/core';
import { AdminServer } from './admin/admin-server.js';
import type { ReadinessCheck } from './admin/readiness.js';
import { writeConnectionStrings } from './data-folder/connection-strings.js';
import { DataFolder } from './data-folder/data-folder.js';
import { ensureServerCertificate } from './data-folder/development-authority.js';
import { loadSealKey } from './data-folder/seal-key.js';
import { greeting } from './greeting.js';
import { HubModule } from './hub.module.js';
import { chooseHttpsPort, listenerOptions } from './listeners.js';
import { openStores } from './open-stores.js';
import type { RunningHub } from './run-until-signal.js';
import type { Runtime } from './runtime.js';

const HOUR_MS = 60 * 60 * 1000;
const OWNER_POLICY = 'iothubowner';

export interface UpOptions {
  /** Used instead of the HTTPS port where the right to bind that is missing. */
  readonly unprivilegedHttpsPort?: number;
}

/** Runs the whole hub in this process; resolves when everything that it says it serves works. */
export async function startHub(configuration: Configuration, options: UpOptions): Promise<RunningHub> {
  const { settings } = configuration;
  const runtime: Runtime = {
    clock: new SystemClock(),
    logger: createLogger('mooring', settings.logLevel),
    metrics: createMetrics(),
  };
  const logger = runtime.logger.child({ service: 'hub' });
  const folder = new DataFolder(settings.data);
  const certificate = await serverCertificate(settings, folder, runtime);
  const sealKey = loadSealKey(folder, settings.sealKey);

  const stores = await openStores({ settings, folder, ...runtime });
  const topics = hubTopics(settings.topicPrefix, settings.partitions, settings.retentionHours * HOUR_MS);
  await stores.log.ensureTopics(topics.specs);

  const services = await NestFactory.createApplicationContext(
    HubModule.register({ configuration, runtime, stores, topics, sealKey }),
    { logger: false, abortOnError: false },
  );
  await services.init();
  const identityService = services.get<identity.IdentityService>(IDENTITY_SERVICE, { strict: false });
  const edge = services.get<Edge>(EDGE, { strict: false });

  const policies = await PolicyDirectory.open({
    identity: identityService,
    log: stores.log,
    controlTopic: topics.control,
    ...runtime,
  });
  const api = await createApi({
    identity: identityService,
    policies,
    connectedDevices: async () => edge.mqtt.size,
    hostnames: [settings.hostname],
    maxBodyBytes: settings.httpMaxBodyBytes,
    ...runtime,
  });

  const eventHubs = await EventHubsEndpoint.open({
    log: stores.log,
    affinity: stores.affinity,
    policies,
    topics,
    consumerGroups: configuration.resources.consumerGroups,
    hostnames: [settings.hostname],
    process: settings.edgeId ?? `${hostname()}-${process.pid}`,
    createdAt: runtime.clock.now(),
    ...runtime,
  });
  const amqp = new AmqpServer({
    limits: {
      maxConnections: settings.amqpMaxConnections,
      maxLinks: settings.amqpMaxLinks,
      maxFrameBytes: settings.amqpMaxFrameBytes,
    },
    authorities: [eventHubs.authority],
    handlers: eventHubs.handlers,
    ...runtime,
  });
  policies.onChanged(() => amqp.reviewTokens());

  const httpsPort = await chooseHttpsPort(settings, options.unprivilegedHttpsPort);
  const listener = new Listener(listenerOptions({ settings, httpsPort, tls: certificate, ...runtime }));
  listener.serve('mqtt', edge.mqtt);
  listener.serve('amqp', amqp);
  listener.serveHttp(api.front);

  let draining = false;
  const drainCheck: ReadinessCheck = {
    name: 'hub',
    check: async () => (draining ? [{ severity: 'unavailable', message: 'it is being stopped' }] : []),
  };
  const admin = new AdminServer({ ...runtime, checks: [drainCheck, ...stores.checks] });
  await writeOwnersConnectionStrings(identityService, folder, settings.hostname);
  const ports = await listener.listen();
  const adminPort = await admin.listen(settings.adminPort, settings.adminAddress);
  process.stdout.write(greeting({ settings, folder, ports, adminPort, authority: certificate.authority }));

  return {
    stop: async () => {
      draining = true;
      logger.info({}, 'draining');
      api.drain();
      await listener.drain(settings.drainSeconds * 1000);
      await api.close();
      await eventHubs.close();
      await policies.close();
      await services.close();
      await stores.close();
      await admin.close();
      logger.info({}, 'stopped');
    },
  };
}

interface ServerCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Of a certificate that the hub made itself. */
  readonly authority: string | undefined;
}

async function serverCertificate(settings: Settings, folder: DataFolder, runtime: Runtime): Promise<ServerCertificate> {
  const { tlsCertificate, tlsKey, hostname } = settings;
  if (tlsCertificate !== undefined && tlsKey !== undefined) {
    return { certificateFile: tlsCertificate, keyFile: tlsKey, authority: undefined };
  }
  const names = [...new Set(['localhost', '127.0.0.1', hostname])];
  const made = await ensureServerCertificate(folder, names, runtime.clock.now());
  return { certificateFile: made.certificate, keyFile: made.key, authority: made.authority };
}

async function writeOwnersConnectionStrings(
  identityService: identity.IdentityService,
  folder: DataFolder,
  hostname: string,
): Promise<void> {
  const { policies } = await identityService.listPolicies({});
  const owner = policies.find((policy) => policy.name === OWNER_POLICY);
  if (owner === undefined) {
    throw new Error(`there is no policy ${OWNER_POLICY}`);
  }
  writeConnectionStrings(folder, hostname, owner);
}
