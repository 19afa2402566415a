import { Batcher } from '@mooring/batching';
import type { Clock } from '@mooring/clock';
import type { identity as contract } from '@mooring/proto';
import { LRUCache } from 'lru-cache';
import type { DeviceIdentity } from '../device-identity.js';

/** What is remembered of an identity. */
export interface RememberedCredentials {
  readonly credentials: contract.Credentials;
  /** By the monotonic clock. */
  readonly readAt: number;
}

export interface CredentialSourceOptions {
  readonly identityService: Pick<contract.IdentityService, 'resolveCredentials'>;
  readonly clock: Clock;
  /** Whether changes are being heard of; if not, nothing is answered from memory. */
  readonly isHearing: () => boolean;
  readonly onRead: () => void;
  readonly batchIntervalMs: number;
}

/** Devices, with their modules. */
const MAX_CACHED = 50_000;
/** Apart, so that guesses at ids that do not exist push no real ones out. */
const MAX_UNKNOWN_CACHED = 10_000;
const MAX_BATCH = 500;
const CONCURRENCY = 4;
const MAX_WAITING = 100_000;

/** Credentials by identity: from memory where that is safe, else from identity, many in one call. */
export class CredentialSource {
  /** By device id, then by module id, since what happens to a device happens to its modules. */
  private readonly known = new LRUCache<string, Map<string, RememberedCredentials>>({ max: MAX_CACHED });
  private readonly unknown = new LRUCache<string, RememberedCredentials>({ max: MAX_UNKNOWN_CACHED });
  /** Grows with everything that is forgotten: what was asked before must not be kept afterwards. */
  private forgotten = 0;
  private readonly batcher: Batcher<DeviceIdentity, contract.Credentials>;

  constructor(private readonly options: CredentialSourceOptions) {
    this.batcher = new Batcher({
      call: async (identities) => {
        const keys = identities.map(({ deviceId, moduleId }) => ({ deviceId, moduleId }));
        return (await options.identityService.resolveCredentials({ keys })).credentials;
      },
      maxBatch: MAX_BATCH,
      concurrency: CONCURRENCY,
      maxWaiting: MAX_WAITING,
      pace: { intervalMs: options.batchIntervalMs, clock: options.clock },
    });
  }

  /** What is remembered, without the session, if that may be relied upon. */
  remembered({ deviceId, moduleId, name }: DeviceIdentity): RememberedCredentials | undefined {
    if (!this.options.isHearing()) {
      return undefined;
    }
    return this.known.get(deviceId)?.get(moduleId) ?? this.unknown.get(name);
  }

  /** Asks identity; rejects if it cannot be asked. */
  async read(identity: DeviceIdentity): Promise<contract.Credentials> {
    this.options.onRead();
    const { forgotten } = this;
    const credentials = await this.batcher.add(identity);
    if (forgotten === this.forgotten && this.options.isHearing()) {
      this.remember(identity, credentials);
    }
    return credentials;
  }

  /** Forgets an identity and, if it is a device, its modules. */
  forget({ deviceId, moduleId, name }: DeviceIdentity): void {
    this.forgotten++;
    this.unknown.delete(name);
    if (moduleId === '') {
      this.known.delete(deviceId);
    } else {
      this.known.get(deviceId)?.delete(moduleId);
    }
  }

  forgetAll(): void {
    this.forgotten++;
    this.known.clear();
    this.unknown.clear();
  }

  private remember({ deviceId, moduleId, name }: DeviceIdentity, credentials: contract.Credentials): void {
    // No change of a session is broadcast, so none is remembered.
    const entry = { credentials: { ...credentials, session: undefined }, readAt: this.options.clock.monotonic() };
    if (!credentials.found) {
      this.unknown.set(name, entry);
      return;
    }
    const ofDevice = this.known.get(deviceId) ?? new Map<string, RememberedCredentials>();
    ofDevice.set(moduleId, entry);
    this.known.set(deviceId, ofDevice);
  }
}
