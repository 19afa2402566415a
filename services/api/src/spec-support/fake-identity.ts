import { identity } from '@mooring/proto';

export type IdentityCalls = Partial<identity.IdentityService>;

/** The identity service as a test wants it: what it does not say must not be called. */
export function fakeIdentity(calls: IdentityCalls): identity.IdentityService {
  const unexpected = (name: string) => async (): Promise<never> => {
    throw new Error(`${name} is not expected to be called`);
  };
  return {
    getIdentity: unexpected('getIdentity'),
    putIdentity: unexpected('putIdentity'),
    deleteIdentity: unexpected('deleteIdentity'),
    listDevices: unexpected('listDevices'),
    listModules: unexpected('listModules'),
    bulkUpdate: unexpected('bulkUpdate'),
    getStatistics: unexpected('getStatistics'),
    resolveCredentials: unexpected('resolveCredentials'),
    putSessions: unexpected('putSessions'),
    listPolicies: unexpected('listPolicies'),
    putPolicy: unexpected('putPolicy'),
    deletePolicy: unexpected('deletePolicy'),
    listCertificates: unexpected('listCertificates'),
    putCertificate: unexpected('putCertificate'),
    deleteCertificate: unexpected('deleteCertificate'),
    ...calls,
  };
}

/** An identity with all its fields set. */
export function storedIdentity(deviceId: string, moduleId = ''): identity.Identity {
  return identity.Identity.fromPartial({
    key: { deviceId, moduleId },
    generationId: '638000000000000000',
    etag: 'AAAAAAAAAAE=',
    authentication: {
      type: identity.AuthenticationType.SAS,
      primaryKey: 'cHJpbWFyeS1wcmltYXJ5LXByaW1hcnk=',
      secondaryKey: 'c2Vjb25kYXJ5LXNlY29uZGFyeS1zZWM=',
    },
    status: identity.Status.ENABLED,
  });
}
