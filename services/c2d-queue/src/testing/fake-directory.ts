import { identity } from '@mooring/proto';
import { identityName } from '../queue/identity-name.js';

/** Identities by name, each with its generation. */
export class FakeDirectory implements identity.DirectoryService {
  readonly generations = new Map<string, string>();
  calls = 0;

  add(...names: readonly string[]): void {
    for (const name of names) {
      this.generations.set(name, '1');
    }
  }

  async describeIdentities({ keys }: identity.DescribeIdentitiesRequest): Promise<identity.DescribeIdentitiesResponse> {
    this.calls += 1;
    return { descriptions: keys.map((key) => this.describe(key)) };
  }

  private describe(key: identity.IdentityKey): identity.Description {
    const generationId = this.generations.get(identityName(key));
    return identity.Description.fromPartial({
      found: generationId !== undefined,
      deviceFound: key.moduleId !== '' && this.generations.has(key.deviceId),
      ...(generationId === undefined ? {} : { identity: { key, generationId } }),
    });
  }
}
