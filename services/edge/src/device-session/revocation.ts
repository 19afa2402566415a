import type { Clock } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import { type identity as contract, control } from '@mooring/proto';
import type { PolicyKey } from './authentication/authenticated.js';
import type { ControlListener } from './control/control-channel.js';
import type { CredentialSource } from './credentials/credential-source.js';
import type { TrustStore } from './credentials/trust-store.js';
import { deviceIdentity } from './device-identity.js';
import type { CloseReason, LiveConnection } from './live/live-connection.js';
import type { LiveConnections } from './live/live-connections.js';
import type { OlderConnections } from './ownership/older-connections.js';
import type { Ownership } from './ownership/ownership.js';
import type { PendingAdmissions } from './pending-admissions.js';

export interface RevocationOptions {
  readonly identityService: Pick<contract.IdentityService, 'resolveCredentials'>;
  readonly credentials: CredentialSource;
  readonly trust: TrustStore;
  readonly live: LiveConnections;
  readonly ownership: Pick<Ownership, 'verify'>;
  readonly olderConnections: OlderConnections;
  readonly pending: PendingAdmissions;
  readonly clock: Clock;
  readonly log: Logger;
}

const CHECK_BATCH = 500;
const RETRY_MS = 1_000;

const REASONS: Readonly<Partial<Record<control.CredentialsChanged_Reason, CloseReason>>> = {
  [control.CredentialsChanged_Reason.DELETED]: 'identity-deleted',
  [control.CredentialsChanged_Reason.DISABLED]: 'identity-disabled',
  [control.CredentialsChanged_Reason.REKEYED]: 'credentials-changed',
};

/** Forgets what has changed, and closes the connections that rested on it. */
export class Revocation implements ControlListener {
  /** Grows with each loss and return of the beat: a check that was begun before is given up. */
  private round = 0;

  constructor(private readonly options: RevocationOptions) {}

  credentialsChanged({ deviceId, moduleId, generationId, version, reason }: control.CredentialsChanged): void {
    const { credentials, pending, live } = this.options;
    const identity = deviceIdentity(deviceId, moduleId);
    credentials.forget(identity);
    pending.changed(deviceId);
    const connection = live.get(identity.name);
    const admission = connection?.admission;
    const unsure: LiveConnection[] = [];
    if (connection !== undefined && admission?.generationId !== generationId) {
      unsure.push(connection);
    } else if (admission !== undefined && admission.version < version) {
      connection?.close(REASONS[reason] ?? 'credentials-changed');
    }
    if (moduleId === '') {
      // A device's version says nothing of its modules': disabled and deleted with it, they keep keys of their own.
      unsure.push(...live.ofModules(deviceId));
    }
    void this.check(unsure);
  }

  policiesChanged(): void {
    this.options.trust.forgetPolicies();
    this.options.pending.allChanged();
    void this.checkTrust();
  }

  certificatesChanged(): void {
    this.options.trust.forgetAuthorities();
    this.options.pending.allChanged();
    void this.checkTrust();
  }

  connectionTakenOver({ deviceId, moduleId, epoch }: control.ConnectionTakenOver): void {
    this.options.olderConnections.close(deviceIdentity(deviceId, moduleId), epoch);
  }

  lost(): void {
    this.round++;
    this.options.credentials.forgetAll();
    this.options.log.warn({}, 'the beat of identity is not heard; it is asked at each connect');
  }

  heard(): void {
    this.round++;
    const { credentials, trust, pending, live, ownership, log } = this.options;
    credentials.forgetAll();
    trust.forgetPolicies();
    trust.forgetAuthorities();
    pending.allChanged();
    log.info({ connections: live.size }, 'the beat of identity is heard; all connections are checked');
    void this.check([...live.all()]);
    void this.checkTrust();
    ownership.verify();
  }

  /** Compares the credentials of connections with what they are now, in batches; tries again until identity answers. */
  private async check(connections: readonly LiveConnection[]): Promise<void> {
    const { round } = this;
    for (let start = 0; start < connections.length && round === this.round; ) {
      const batch = connections.slice(start, start + CHECK_BATCH);
      try {
        await this.checkBatch(batch);
        start += CHECK_BATCH;
      } catch (error) {
        this.options.log.warn({ err: error }, 'connections could not be checked; this is tried again');
        await this.pause();
      }
    }
  }

  private async checkBatch(batch: readonly LiveConnection[]): Promise<void> {
    const keys = batch.map(({ admission }) => ({
      deviceId: admission?.identity.deviceId ?? '',
      moduleId: admission?.identity.moduleId ?? '',
    }));
    const { credentials } = await this.options.identityService.resolveCredentials({ keys });
    batch.forEach((connection, index) => {
      const reason = whyNot(connection, credentials[index]);
      if (reason !== undefined) {
        connection.close(reason);
      }
    });
  }

  /** Closes what relies on a policy's key, or on an authority, that is no more. */
  private async checkTrust(): Promise<void> {
    const { trust, live, log } = this.options;
    const { round } = this;
    while (round === this.round) {
      try {
        const relying = [...live.all()].filter(({ admission }) => admission?.authenticated.reliesOn !== undefined);
        for (const connection of relying) {
          if (!(await this.isTrusted(connection))) {
            connection.close('credentials-changed');
          }
        }
        return;
      } catch (error) {
        trust.forgetPolicies();
        trust.forgetAuthorities();
        log.warn({ err: error }, 'connections could not be checked; this is tried again');
        await this.pause();
      }
    }
  }

  private async isTrusted({ admission }: LiveConnection): Promise<boolean> {
    const reliesOn = admission?.authenticated.reliesOn;
    if (reliesOn === undefined) {
      return true;
    }
    if ('policy' in reliesOn) {
      return this.isPolicyKey(reliesOn);
    }
    const authorities = await this.options.trust.authorities();
    return authorities.some(({ thumbprint }) => thumbprint === reliesOn.thumbprint);
  }

  private async isPolicyKey({ policy: name, key }: PolicyKey): Promise<boolean> {
    const policy = await this.options.trust.policy(name);
    return policy?.deviceConnect === true && policy.keys.includes(key);
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => void this.options.clock.after(RETRY_MS, resolve));
  }
}

function whyNot({ admission }: LiveConnection, now: contract.Credentials | undefined): CloseReason | undefined {
  if (admission === undefined) {
    return undefined;
  }
  if (now?.found !== true || now.generationId !== admission.generationId) {
    return 'identity-deleted';
  }
  if (!now.enabled) {
    return 'identity-disabled';
  }
  return now.version === admission.version ? undefined : 'credentials-changed';
}
