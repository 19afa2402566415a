import type { identity } from '@mooring/proto';
import type { AccessContract } from './access/access-contract.js';
import type { AdmissionContract } from './admission/admission-contract.js';
import type { IdentityMetrics } from './metrics.js';
import { observed } from './observed.js';
import type { RegistryContract } from './registry/registry-contract.js';

export interface IdentityParts {
  readonly registry: RegistryContract;
  readonly admission: AdmissionContract;
  readonly access: AccessContract;
  readonly metrics: IdentityMetrics;
}

/** The contract as one: counts every call, and tells an absent store in the contract's own words. */
export class IdentityServer implements identity.IdentityService {
  constructor(private readonly parts: IdentityParts) {}

  getIdentity(request: identity.GetIdentityRequest): Promise<identity.GetIdentityResponse> {
    return this.observed('GetIdentity', () => this.parts.registry.getIdentity(request));
  }

  putIdentity(request: identity.PutIdentityRequest): Promise<identity.PutIdentityResponse> {
    const operation = request.ifMatch === '' ? 'CreateIdentity' : 'UpdateIdentity';
    return this.observed(operation, () => this.parts.registry.putIdentity(request));
  }

  deleteIdentity(request: identity.DeleteIdentityRequest): Promise<identity.DeleteIdentityResponse> {
    return this.observed('DeleteIdentity', () => this.parts.registry.deleteIdentity(request));
  }

  listDevices(request: identity.ListDevicesRequest): Promise<identity.ListDevicesResponse> {
    return this.observed('ListDevices', () => this.parts.registry.listDevices(request));
  }

  listModules(request: identity.ListModulesRequest): Promise<identity.ListModulesResponse> {
    return this.observed('ListModules', () => this.parts.registry.listModules(request));
  }

  async bulkUpdate(request: identity.BulkUpdateRequest): Promise<identity.BulkUpdateResponse> {
    const answer = await this.observed('BulkUpdate', () => this.parts.registry.bulkUpdate(request));
    this.parts.metrics.bulk(request.operations.length, answer.errors);
    return answer;
  }

  getStatistics(_request: identity.GetStatisticsRequest): Promise<identity.GetStatisticsResponse> {
    return this.observed('GetStatistics', () => this.parts.registry.getStatistics());
  }

  resolveCredentials(request: identity.ResolveCredentialsRequest): Promise<identity.ResolveCredentialsResponse> {
    this.parts.metrics.lookedUp(request.keys.length);
    return this.observed('ResolveCredentials', () => this.parts.admission.resolveCredentials(request));
  }

  putSessions(request: identity.PutSessionsRequest): Promise<identity.PutSessionsResponse> {
    return this.observed('PutSessions', () => this.parts.admission.putSessions(request));
  }

  listPolicies(_request: identity.ListPoliciesRequest): Promise<identity.ListPoliciesResponse> {
    return this.observed('ListPolicies', () => this.parts.access.listPolicies());
  }

  putPolicy(request: identity.PutPolicyRequest): Promise<identity.PutPolicyResponse> {
    return this.observed('PutPolicy', () => this.parts.access.putPolicy(request));
  }

  deletePolicy(request: identity.DeletePolicyRequest): Promise<identity.DeletePolicyResponse> {
    return this.observed('DeletePolicy', () => this.parts.access.deletePolicy(request));
  }

  listCertificates(_request: identity.ListCertificatesRequest): Promise<identity.ListCertificatesResponse> {
    return this.observed('ListCertificates', () => this.parts.access.listCertificates());
  }

  putCertificate(request: identity.PutCertificateRequest): Promise<identity.PutCertificateResponse> {
    return this.observed('PutCertificate', () => this.parts.access.putCertificate(request));
  }

  deleteCertificate(request: identity.DeleteCertificateRequest): Promise<identity.DeleteCertificateResponse> {
    return this.observed('DeleteCertificate', () => this.parts.access.deleteCertificate(request));
  }

  private observed<T>(operation: string, call: () => Promise<T>): Promise<T> {
    return observed(this.parts.metrics, operation, call);
  }
}
