import { identity } from '@mooring/proto';

/** What a test expects to be called; it may be changed between calls. */
export type IdentityCalls = Partial<identity.IdentityService>;

/** The identity service as a test wants it: what it does not say must not be called. */
export function fakeIdentity(calls: IdentityCalls): identity.IdentityService {
  return {
    getIdentity: (request) => expected(calls.getIdentity)(request),
    putIdentity: (request) => expected(calls.putIdentity)(request),
    deleteIdentity: (request) => expected(calls.deleteIdentity)(request),
    listDevices: (request) => expected(calls.listDevices)(request),
    listModules: (request) => expected(calls.listModules)(request),
    bulkUpdate: (request) => expected(calls.bulkUpdate)(request),
    getStatistics: (request) => expected(calls.getStatistics)(request),
    resolveCredentials: (request) => expected(calls.resolveCredentials)(request),
    putSessions: (request) => expected(calls.putSessions)(request),
    listPolicies: (request) => expected(calls.listPolicies)(request),
    putPolicy: (request) => expected(calls.putPolicy)(request),
    deletePolicy: (request) => expected(calls.deletePolicy)(request),
    listCertificates: (request) => expected(calls.listCertificates)(request),
    putCertificate: (request) => expected(calls.putCertificate)(request),
    deleteCertificate: (request) => expected(calls.deleteCertificate)(request),
  };
}

function expected<Call>(call: Call | undefined): Call {
  if (call === undefined) {
    throw new Error('The identity service is not expected to be called so');
  }
  return call;
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
