import { identity as contract } from '@mooring/proto';

type Credentials = contract.Credentials;

function unused(): never {
  throw new Error('an edge does not call this');
}

/** An identity service in memory, for tests of the edge alone. */
export class FakeIdentity implements contract.IdentityService {
  readonly credentials = new Map<string, Credentials>();
  readonly policies: contract.Policy[] = [];
  readonly certificates: contract.Certificate[] = [];
  /** Keys of each call of resolveCredentials. */
  readonly resolved: string[][] = [];
  sessionWrites: contract.SessionWrite[] = [];
  /** All calls reject as long as it is set. */
  unreachable = false;
  /** Awaited by each call before it answers. */
  gate: Promise<void> = Promise.resolve();

  /** Adds or replaces a device, or `device/module`. */
  put(name: string, more: Partial<Omit<Credentials, 'authentication'>> & { authentication?: object } = {}): void {
    const [deviceId = '', moduleId = ''] = name.split('/');
    const { authentication, ...rest } = more;
    this.credentials.set(name, {
      key: { deviceId, moduleId },
      found: true,
      generationId: '638000000000000000',
      version: 1,
      enabled: true,
      session: undefined,
      ...rest,
      authentication: {
        type: contract.AuthenticationType.SAS,
        primaryKey: KEY,
        secondaryKey: OTHER_KEY,
        primaryThumbprint: '',
        secondaryThumbprint: '',
        ...authentication,
      },
    });
  }

  async resolveCredentials({ keys }: contract.ResolveCredentialsRequest) {
    await this.arrive();
    const names = keys.map(({ deviceId, moduleId }) => (moduleId === '' ? deviceId : `${deviceId}/${moduleId}`));
    this.resolved.push(names);
    const credentials = names.map((name) => this.credentials.get(name) ?? { ...UNKNOWN });
    await this.gate;
    return { credentials };
  }

  async putSessions({ writes }: contract.PutSessionsRequest) {
    await this.arrive();
    await this.gate;
    return { written: writes.map((write) => this.write(write)) };
  }

  async listPolicies() {
    await this.arrive();
    return { policies: [...this.policies] };
  }

  async listCertificates() {
    await this.arrive();
    return { certificates: [...this.certificates] };
  }

  getIdentity = unused;
  putIdentity = unused;
  deleteIdentity = unused;
  listDevices = unused;
  listModules = unused;
  bulkUpdate = unused;
  getStatistics = unused;
  putPolicy = unused;
  deletePolicy = unused;
  putCertificate = unused;
  deleteCertificate = unused;

  private async arrive(): Promise<void> {
    if (this.unreachable) {
      throw new Error('identity cannot be reached');
    }
  }

  private write(write: contract.SessionWrite): boolean {
    const { deviceId = '', moduleId = '' } = write.key ?? {};
    const stored = this.credentials.get(moduleId === '' ? deviceId : `${deviceId}/${moduleId}`);
    if (stored === undefined || (stored.session?.epoch ?? 0) > (write.session?.epoch ?? 0)) {
      return false;
    }
    this.sessionWrites.push(write);
    stored.session = write.discard ? undefined : write.session;
    return true;
  }
}

export const KEY = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
export const OTHER_KEY = Buffer.from('fedcba9876543210fedcba9876543210').toString('base64');

const UNKNOWN: Credentials = {
  key: undefined,
  found: false,
  generationId: '',
  version: 0,
  enabled: false,
  authentication: undefined,
  session: undefined,
};
