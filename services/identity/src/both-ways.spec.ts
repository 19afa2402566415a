import { afterEach, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { inBothWays } from '@mooring/rpc/contract';
import { IdentityFixture } from './testing/identity-fixture.js';
import { credentials, get, KEY_A, KEY_B, outcome, put, remove, wanted } from './testing/requests.js';
import { certificate } from './testing/test-certificates.js';

const { ImportMode, Right, Status } = identity;

let fixture: IdentityFixture | undefined;

async function start(): Promise<identity.IdentityService> {
  fixture = await IdentityFixture.open();
  return (await fixture.start()).service;
}

afterEach(() => fixture?.close());

inBothWays(identity.IdentityServiceService, start, (service) => {
  it('keeps identities, with all that is optional in them', async () => {
    const made = await put(service(), wanted('d', '', { authentication: { primaryKey: KEY_A, secondaryKey: KEY_B } }));
    expect(made).toMatchObject({ iotEdge: false, status: Status.ENABLED, authentication: { primaryKey: KEY_A } });
    await put(service(), wanted('d', 'm', { managedBy: 'them' }));
    await put(service(), wanted('d', '', { status: Status.DISABLED, statusReason: 'lent out' }), made.etag);
    expect(await get(service(), 'd')).toMatchObject({ status: Status.DISABLED, statusReason: 'lent out' });
    expect(await get(service(), 'd', 'm')).toMatchObject({ managedBy: 'them' });
    expect((await service().listModules({ deviceId: 'd' })).modules).toHaveLength(1);
    expect(await service().getStatistics({})).toEqual({
      totalDeviceCount: 1,
      enabledDeviceCount: 0,
      disabledDeviceCount: 1,
    });
    await remove(service(), 'd');
    expect(await outcome(get(service(), 'd'))).toBe('DeviceNotFound');
  });

  it('lists devices in pages and changes them in bulk', async () => {
    const ids = ['a', 'b', 'c', "%/?#'"];
    const operations = ids.map((id) => ({ mode: ImportMode.CREATE, identity: wanted(id) }));
    const { errors } = await service().bulkUpdate({ operations });
    expect(errors.map(({ key, errorCode }) => [key?.deviceId, errorCode])).toEqual([["%/?#'", 'ArgumentInvalid']]);
    const first = await service().listDevices({ pageSize: 2, pageToken: '' });
    const second = await service().listDevices({ pageSize: 2, pageToken: first.nextPageToken });
    const listed = [...first.devices, ...second.devices].map(({ key }) => key?.deviceId);
    expect([listed, second.nextPageToken]).toEqual([['a', 'b', 'c'], '']);
  });

  it('tells credentials and sessions of many, and that some are none', async () => {
    const { generationId } = await put(service(), wanted('d'));
    const key = { deviceId: 'd', moduleId: '' };
    const session = { epoch: Date.UTC(2100, 0, 1) * 1_000, subscriptions: { 'devices/d/messages/devicebound/#': 1 } };
    await service().putSessions({ writes: [{ key, generationId, session, discard: false }] });
    expect(await credentials(service(), 'd')).toMatchObject({ found: true, generationId, session });
    expect(await credentials(service(), 'nobody')).toMatchObject({ found: false });
    const keys = Array.from({ length: 1_000 }, (_, index) => ({ deviceId: `d${index}`, moduleId: '' }));
    expect((await service().resolveCredentials({ keys })).credentials).toHaveLength(1_000);
  });

  it('keeps policies and certificates', async () => {
    const policy = { name: 'p', primaryKey: '', secondaryKey: '', rights: [Right.SERVICE_CONNECT], etag: '' };
    const made = await service().putPolicy({ policy });
    expect(made.policy).toMatchObject({ name: 'p', rights: [Right.SERVICE_CONNECT] });
    expect((await service().listPolicies({})).policies).toContainEqual(made.policy);
    await service().deletePolicy({ name: 'p' });
    const pem = await certificate('CN=factory');
    const { certificate: kept } = await service().putCertificate({ name: 'factory', pem });
    expect((await service().listCertificates({})).certificates).toEqual([kept]);
    await service().deleteCertificate({ name: 'factory' });
  });

  it('refuses in the same words', async () => {
    await put(service(), wanted('d'));
    expect(await outcome(put(service(), wanted('d')))).toBe('DeviceAlreadyExists');
    expect(await outcome(put(service(), wanted('d'), '"other"'))).toBe('PreconditionFailed');
    expect(await outcome(get(service(), 'd', 'm'))).toBe('ModuleNotFound');
    expect(await outcome(get(service(), 'a b'))).toBe('ArgumentInvalid');
    expect(await outcome(service().deletePolicy({ name: 'iothubowner' }))).toBe('InvalidOperation');
    expect(await outcome(service().putCertificate({ name: 'c', pem: 'none' }))).toBe('ArgumentInvalid');
    expect(await outcome(service().bulkUpdate({ operations: [] }))).toBe('ArgumentInvalid');
  });
});
