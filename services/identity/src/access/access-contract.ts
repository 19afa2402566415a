import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';
import { toCertificate, toPolicy } from '../mapping/answers.js';
import { fromRight } from '../mapping/enums.js';
import type { Certificates } from './certificates.js';
import type { Policies } from './policies.js';

/** The part of the contract that is about the hub's own access resources. */
export class AccessContract {
  constructor(
    private readonly policies: Policies,
    private readonly certificates: Certificates,
  ) {}

  async listPolicies(): Promise<identity.ListPoliciesResponse> {
    return { policies: (await this.policies.list()).map(toPolicy) };
  }

  async putPolicy({ policy }: identity.PutPolicyRequest): Promise<identity.PutPolicyResponse> {
    if (policy === undefined) {
      throw new HubError('ArgumentNull', 'The policy is missing.');
    }
    const { name, primaryKey, secondaryKey, rights } = policy;
    const stored = await this.policies.put({ name, primaryKey, secondaryKey, rights: rights.map(fromRight) });
    return { policy: toPolicy(stored) };
  }

  async deletePolicy({ name }: identity.DeletePolicyRequest): Promise<identity.DeletePolicyResponse> {
    await this.policies.delete(name);
    return {};
  }

  async listCertificates(): Promise<identity.ListCertificatesResponse> {
    return { certificates: (await this.certificates.list()).map(toCertificate) };
  }

  async putCertificate({ name, pem }: identity.PutCertificateRequest): Promise<identity.PutCertificateResponse> {
    return { certificate: toCertificate(await this.certificates.put({ name, pem })) };
  }

  async deleteCertificate({ name }: identity.DeleteCertificateRequest): Promise<identity.DeleteCertificateResponse> {
    await this.certificates.delete(name);
    return {};
  }
}
