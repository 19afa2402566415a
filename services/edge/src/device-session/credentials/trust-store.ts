import type { Clock } from '@mooring/clock';
import { type CertificateAuthority, parseCertificateAuthority } from '@mooring/credentials';
import { isHubError } from '@mooring/errors';
import { identity as contract } from '@mooring/proto';
import type { HubTrust } from '../authentication/hub-trust.js';

type TrustSource = Pick<contract.IdentityService, 'listPolicies' | 'listCertificates'>;

export interface TrustStoreOptions {
  readonly identityService: TrustSource;
  readonly clock: Clock;
  readonly isHearing: () => boolean;
}

/** What was read may be used for so long while changes are not heard of; guesses at names then cost one read a second. */
const DEAF_TTL_MS = 1_000;

interface Policy {
  readonly deviceConnect: boolean;
  readonly keys: readonly string[];
}

/** The hub's shared access policies and device CA certificates, as far as devices are admitted by them. */
export class TrustStore implements HubTrust {
  private readonly policies: Remembered<ReadonlyMap<string, Policy>>;
  private readonly certificates: Remembered<readonly CertificateAuthority[]>;

  constructor(options: TrustStoreOptions) {
    this.policies = new Remembered(() => readPolicies(options.identityService), options);
    this.certificates = new Remembered(() => readAuthorities(options.identityService), options);
  }

  async policy(name: string): Promise<Policy | undefined> {
    return (await this.policies.get()).get(name);
  }

  authorities(): Promise<readonly CertificateAuthority[]> {
    return this.certificates.get();
  }

  forgetPolicies(): void {
    this.policies.forget();
  }

  forgetAuthorities(): void {
    this.certificates.forget();
  }
}

/** A value that is read when it is first wanted, by one call at a time, and again after it was forgotten. */
class Remembered<Value> {
  private reading: Promise<Value> | undefined;
  private readAt = 0;

  constructor(
    private readonly read: () => Promise<Value>,
    private readonly options: TrustStoreOptions,
  ) {}

  get(): Promise<Value> {
    const { clock, isHearing } = this.options;
    if (this.reading !== undefined && !isHearing() && clock.monotonic() - this.readAt >= DEAF_TTL_MS) {
      this.reading = undefined;
    }
    return this.reading ?? this.start();
  }

  /** Also what is being read is not kept: it may be older than what made it to be forgotten. */
  forget(): void {
    this.reading = undefined;
  }

  private start(): Promise<Value> {
    const reading = this.read();
    this.reading = reading;
    this.readAt = this.options.clock.monotonic();
    reading.catch(() => {
      // Whoever waits for it is told; the next one asks again.
      if (this.reading === reading) {
        this.reading = undefined;
      }
    });
    return reading;
  }
}

async function readPolicies(source: TrustSource): Promise<ReadonlyMap<string, Policy>> {
  const { policies } = await source.listPolicies({});
  return new Map(
    policies.map(({ name, primaryKey, secondaryKey, rights }) => [
      name,
      { deviceConnect: rights.includes(contract.Right.DEVICE_CONNECT), keys: [primaryKey, secondaryKey] },
    ]),
  );
}

async function readAuthorities(source: TrustSource): Promise<readonly CertificateAuthority[]> {
  const { certificates } = await source.listCertificates({});
  return certificates.map(({ pem }) => authority(pem)).filter((parsed) => parsed !== undefined);
}

function authority(pem: string): CertificateAuthority | undefined {
  try {
    return parseCertificateAuthority(pem);
  } catch (error) {
    // Identity checked it when it was registered; one that this release no longer takes admits nobody.
    if (isHubError(error)) {
      return undefined;
    }
    throw error;
  }
}
