import type { Clock } from '@mooring/clock';
import {
  isExpired,
  parseSasToken,
  resourceCovers,
  type SasResource,
  sasKeyFromBase64,
  sasResource,
  tokenExpiry,
  verifySasSignature,
} from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { Grant } from './grant.js';
import type { PolicyDirectory } from './policy-directory.js';

/** What a token of a shared access policy gives. */
export interface PolicyGrant extends Grant {
  readonly policy: string;
}

export interface PolicyAuthenticatorOptions {
  readonly policies: Pick<PolicyDirectory, 'find'>;
  readonly clock: Pick<Clock, 'now'>;
  /** What clients sign with: the bytes of a key (default), or its text as Event Hubs clients do (`sasKeyFromText`). */
  readonly signingKey?: (key: string) => Buffer;
}

/** Admits back ends by a signature of a shared access policy's key. */
export class PolicyAuthenticator {
  private readonly signingKey: (key: string) => Buffer;

  constructor(private readonly options: PolicyAuthenticatorOptions) {
    this.signingKey = options.signingKey ?? sasKeyFromBase64;
  }

  /**
   * @param token `SharedAccessSignature sr=…`
   * @param targets what is asked for, by each name that the hub has; the token must cover one of them
   * @throws HubError `IotHubUnauthorized` for whatever is wrong with the token
   */
  async authenticate(token: string, targets: readonly SasResource[]): Promise<PolicyGrant> {
    const sas = parseSasToken(token);
    if (sas.skn === undefined) {
      throw refused('A signature of a shared access policy is needed (skn); this one is of a device or module.');
    }
    const policy = await this.options.policies.find(sas.skn);
    // Whether the policy or only its key is unknown is nobody's business who has neither.
    if (!policy?.keys.some((key) => verifySasSignature(sas, this.signingKey(key)))) {
      throw refused('The shared access signature is not of a policy of this hub.');
    }
    if (isExpired(sas, this.options.clock.now())) {
      throw refused('The shared access signature has expired.');
    }
    const resource = sasResource(sas);
    if (!targets.some((target) => resourceCovers(resource, target))) {
      throw refused('The shared access signature was signed for another resource.');
    }
    return {
      policy: policy.name,
      subject: `The policy ${policy.name}`,
      rights: policy.rights,
      expiresAtMs: tokenExpiry(sas),
    };
  }
}

function refused(message: string): HubError {
  return new HubError('IotHubUnauthorized', message);
}
