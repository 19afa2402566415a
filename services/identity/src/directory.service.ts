import type { identity } from '@mooring/proto';
import type { DirectoryContract } from './directory/directory-contract.js';
import type { IdentityMetrics } from './metrics.js';
import { observed } from './observed.js';

/** The contract for services that depend on identities: counts every call, as IdentityServer does. */
export class DirectoryServer implements identity.DirectoryService {
  constructor(
    private readonly directory: DirectoryContract,
    private readonly metrics: IdentityMetrics,
  ) {}

  describeIdentities(request: identity.DescribeIdentitiesRequest): Promise<identity.DescribeIdentitiesResponse> {
    return observed(this.metrics, 'DescribeIdentities', () => this.directory.describeIdentities(request));
  }
}
