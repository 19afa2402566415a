import type { Clock } from '@mooring/clock';
import { keyEncryptionKey } from '@mooring/credentials';
import { Outbox } from '@mooring/outbox';
import type { identity } from '@mooring/proto';
import { AccessContract } from './access/access-contract.js';
import { Certificates } from './access/certificates.js';
import { Policies } from './access/policies.js';
import { AdmissionLookup } from './admission/admission.js';
import { AdmissionContract } from './admission/admission-contract.js';
import { Sessions } from './admission/sessions.js';
import { DirectoryContract } from './directory/directory-contract.js';
import { DirectoryServer } from './directory.service.js';
import type { RequestedPolicy } from './domain/policy.js';
import { ControlChannel } from './events/control-channel.js';
import { Heartbeat } from './events/heartbeat.js';
import { LifecycleChannel } from './events/lifecycle-channel.js';
import { NoticeChannel } from './events/notice-channel.js';
import { PurgeChannel } from './events/purge-channel.js';
import { IdentityServer } from './identity.service.js';
import { fromRightName } from './mapping/right-names.js';
import { IdentityMetrics } from './metrics.js';
import type { DeclaredAccess, IdentityOptions } from './options.js';
import { Registry } from './registry/registry.js';
import { RegistryContract } from './registry/registry-contract.js';
import { RegistryOperations } from './registry/registry-operations.js';
import { StatisticsCounter } from './registry/statistics.js';
import type { CertificateRecord } from './store/certificate-record.js';
import { type Collections, openCollections } from './store/collections.js';
import type { DeviceRecord } from './store/device-record.js';
import { DeviceRepository } from './store/device-repository.js';
import type { PolicyRecord } from './store/policy-record.js';
import { SealingVault } from './store/sealing-vault.js';

/** How long a stop waits for events that are on their way. */
const DRAIN_MS = 2_000;

/** Identity as it runs in a process: its contracts, and what goes on beside the calls. */
export interface IdentityRuntime {
  readonly service: identity.IdentityService;
  readonly directory: identity.DirectoryService;
  /**
   * Makes default and declared resources, tells what earlier processes left untold, and begins to beat.
   *
   * @throws HubError naming what is declared and invalid
   */
  start(): Promise<void>;
  /** Ends all that; events that are on their way get a moment. Then the stores may be closed. */
  stop(): Promise<void>;
}

/** Puts identity together; nothing runs before `start`. */
export async function createIdentityService(options: IdentityOptions): Promise<IdentityRuntime> {
  const { clock, log, topics } = options;
  const logger = options.logger.child({ service: 'identity' });
  const collections = await openCollections(options.documents);
  const vault = new SealingVault(keyEncryptionKey(options.sealKey));
  const outboxes = makeOutboxes({ ...options, logger }, collections);
  const devices = new DeviceRepository(collections.devices, (id, pending) => outboxes.devices.tell(id, pending));
  const policies = new Policies({
    collection: collections.policies,
    vault,
    clock,
    declared: declaredPolicies(options.declared),
    written: (name, pending) => outboxes.policies.tell(name, pending),
  });
  const certificates = new Certificates({
    collection: collections.certificates,
    clock,
    logger,
    declared: options.declared.certificates,
    written: (name, pending) => outboxes.certificates.tell(name, pending),
  });
  const metrics = new IdentityMetrics(options.metrics, () => sizeOf(outboxes));
  const service = new IdentityServer({
    registry: new RegistryContract({
      registry: new Registry({ devices, vault, clock }),
      devices,
      statistics: new StatisticsCounter(devices, clock),
      operations: new RegistryOperations(options.operations, clock),
      vault,
    }),
    admission: new AdmissionContract(
      new AdmissionLookup({ devices, sessions: collections.sessions, vault, logger }),
      new Sessions(collections.sessions, devices),
    ),
    access: new AccessContract(policies, certificates),
    metrics,
  });
  const directory = new DirectoryServer(new DirectoryContract(devices), metrics);
  const heartbeat = new Heartbeat({ log, topic: topics.control, clock, logger });
  return new Running({ service, directory }, { policies, certificates, outboxes, heartbeat, clock });
}

interface Outboxes {
  readonly devices: Outbox<DeviceRecord>;
  readonly policies: Outbox<PolicyRecord>;
  readonly certificates: Outbox<CertificateRecord>;
}

function makeOutboxes({ log, topics, clock, logger, hubName }: IdentityOptions, collections: Collections): Outboxes {
  const control = new ControlChannel(log, topics.control);
  const lifecycle = new LifecycleChannel({ log, topic: topics.ingress, hubName });
  const purge = new PurgeChannel(collections.sessions);
  const notices = new NoticeChannel(log, topics.changes);
  return {
    devices: new Outbox({
      collection: collections.devices,
      channels: [control, lifecycle, purge, notices],
      clock,
      logger,
    }),
    policies: new Outbox({ collection: collections.policies, channels: [control], clock, logger }),
    certificates: new Outbox({ collection: collections.certificates, channels: [control], clock, logger }),
  };
}

function sizeOf({ devices, policies, certificates }: Outboxes): number {
  return devices.size + policies.size + certificates.size;
}

function declaredPolicies({ sharedAccessPolicies }: DeclaredAccess): RequestedPolicy[] {
  return sharedAccessPolicies.map((policy) => ({ ...policy, rights: policy.rights.map(fromRightName) }));
}

interface RunningParts {
  readonly policies: Policies;
  readonly certificates: Certificates;
  readonly outboxes: Outboxes;
  readonly heartbeat: Heartbeat;
  readonly clock: Clock;
}

class Running implements IdentityRuntime {
  readonly service: identity.IdentityService;
  readonly directory: identity.DirectoryService;

  constructor(
    { service, directory }: Pick<IdentityRuntime, 'service' | 'directory'>,
    private readonly parts: RunningParts,
  ) {
    this.service = service;
    this.directory = directory;
  }

  async start(): Promise<void> {
    const { policies, certificates, outboxes, heartbeat } = this.parts;
    await policies.reconcile();
    await certificates.reconcile();
    // Before the first beat, so that whoever hears it has heard of all earlier changes.
    await Promise.all(Object.values(outboxes).map((outbox) => outbox.start()));
    heartbeat.start();
  }

  async stop(): Promise<void> {
    const { outboxes, heartbeat, clock } = this.parts;
    const all = Object.values(outboxes);
    heartbeat.stop();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(DRAIN_MS, resolve);
    await Promise.race([Promise.all(all.map((outbox) => outbox.drained())), late]);
    timer.cancel();
    await Promise.all(all.map((outbox) => outbox.stop()));
  }
}
