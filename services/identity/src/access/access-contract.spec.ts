import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { IdentityFixture, type IdentityService, until } from '../testing/identity-fixture.js';
import { defined, KEY_A, KEY_B, outcome } from '../testing/requests.js';
import { certificate } from '../testing/test-certificates.js';

const { Right } = identity;
const ALL = [Right.REGISTRY_READ, Right.REGISTRY_WRITE, Right.SERVICE_CONNECT, Right.DEVICE_CONNECT];

let fixture: IdentityFixture;

beforeEach(async () => {
  fixture = await IdentityFixture.open();
});
afterEach(() => fixture.close());

async function policies(service: IdentityService): Promise<Map<string, identity.Policy>> {
  return new Map((await service.listPolicies({})).policies.map((policy) => [policy.name, policy]));
}

function heard(event: 'policiesChanged' | 'certificatesChanged'): number {
  return fixture.broadcasts.filter(({ $case }) => $case === event).length;
}

const custom = { name: 'custom', primaryKey: '', secondaryKey: '', rights: [Right.DEVICE_CONNECT], etag: '' };

describe('policies', () => {
  it('are five at the first start, and the same at the next', async () => {
    const first = await policies((await fixture.start()).service);
    expect([...first.values()].map(({ name, rights }) => [name, rights])).toEqual([
      ['device', [Right.DEVICE_CONNECT]],
      ['iothubowner', ALL],
      ['registryRead', [Right.REGISTRY_READ]],
      ['registryReadWrite', [Right.REGISTRY_READ, Right.REGISTRY_WRITE]],
      ['service', [Right.SERVICE_CONNECT]],
    ]);
    const keys = [...first.values()].flatMap(({ primaryKey, secondaryKey }) => [primaryKey, secondaryKey]);
    expect(new Set(keys).size).toBe(10);
    expect(await policies((await fixture.start()).service)).toEqual(first);
  });

  it('can be made, renewed and removed, which all are told', async () => {
    const { service } = await fixture.start();
    await until(() => heard('policiesChanged') === 5);
    const made = defined((await service.putPolicy({ policy: custom })).policy);
    expect(made.primaryKey).not.toBe('');
    await until(() => heard('policiesChanged') === 6);
    const renewed = defined((await service.putPolicy({ policy: { ...custom, primaryKey: KEY_A } })).policy);
    expect(renewed).toMatchObject({ primaryKey: KEY_A, secondaryKey: made.secondaryKey });
    expect(renewed.etag).not.toBe(made.etag);
    await until(() => heard('policiesChanged') === 7);
    await service.deletePolicy({ name: 'custom' });
    await until(() => heard('policiesChanged') === 8);
    expect((await policies(service)).has('custom')).toBe(false);
    expect(await outcome(service.deletePolicy({ name: 'custom' }))).toBe('ResourceNotFound');
    expect(await outcome(service.putPolicy({ policy: custom }))).toBe('ok');
  });

  it('protect what the owner needs, and refuse what is none', async () => {
    const { service } = await fixture.start();
    expect(await outcome(service.deletePolicy({ name: 'iothubowner' }))).toBe('InvalidOperation');
    const weaker = { ...custom, name: 'iothubowner' };
    expect(await outcome(service.putPolicy({ policy: weaker }))).toBe('InvalidOperation');
    const rotated = { ...custom, name: 'iothubowner', rights: ALL, secondaryKey: KEY_B };
    expect((await service.putPolicy({ policy: rotated })).policy).toMatchObject({ secondaryKey: KEY_B, rights: ALL });
    expect(await outcome(service.putPolicy({ policy: { ...custom, rights: [] } }))).toBe('ArgumentInvalid');
    expect(await outcome(service.putPolicy({ policy: { ...custom, rights: [99 as identity.Right] } }))).toBe(
      'ArgumentInvalid',
    );
    expect(await outcome(service.putPolicy({ policy: { ...custom, primaryKey: 'c2hvcnQ=' } }))).toBe('ArgumentInvalid');
    for (const name of ['', 'a/b', '$x', '__proto__'.repeat(10), 'a b', '\0']) {
      expect(await outcome(service.putPolicy({ policy: { ...custom, name } }))).toBe('ArgumentInvalid');
      expect(await outcome(service.deletePolicy({ name }))).toBe('ArgumentInvalid');
    }
    expect(await outcome(service.putPolicy({ policy: undefined }))).toBe('ArgumentNull');
  });

  it('stay away once deleted, also default ones', async () => {
    const { service } = await fixture.start();
    await service.deletePolicy({ name: 'service' });
    const restarted = (await fixture.start()).service;
    expect((await policies(restarted)).has('service')).toBe(false);
    await restarted.putPolicy({ policy: { ...custom, name: 'service' } });
    expect((await policies(restarted)).has('service')).toBe(true);
  });

  it('follow their declaration over what is stored', async () => {
    await fixture.start();
    const sharedAccessPolicies = [
      {
        name: 'iothubowner',
        rights: ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'] as const,
        primaryKey: KEY_A,
        secondaryKey: KEY_B,
      },
      { name: 'declared', rights: ['ServiceConnect'] as const },
    ];
    const { service } = await fixture.start({ declared: { sharedAccessPolicies } });
    const declared = await policies(service);
    expect(declared.get('iothubowner')).toMatchObject({ primaryKey: KEY_A, secondaryKey: KEY_B });
    expect(declared.get('declared')).toMatchObject({ rights: [Right.SERVICE_CONNECT] });
    const rotated = { ...custom, name: 'iothubowner', rights: ALL };
    expect(await outcome(service.putPolicy({ policy: rotated }))).toBe('InvalidOperation');
    expect(await outcome(service.deletePolicy({ name: 'declared' }))).toBe('InvalidOperation');
    const other = { ...custom, name: 'declared' };
    expect(await outcome(service.putPolicy({ policy: other }))).toBe('InvalidOperation');
    const renewed = { ...other, rights: [Right.SERVICE_CONNECT], primaryKey: KEY_A };
    expect(await outcome(service.putPolicy({ policy: renewed }))).toBe('ok');
    expect(
      (await policies((await fixture.start({ declared: { sharedAccessPolicies } })).service)).get('declared'),
    ).toMatchObject({ primaryKey: KEY_A });
    const undeclared = await policies((await fixture.start()).service);
    expect(undeclared.has('declared')).toBe(false);
    expect(undeclared.get('iothubowner')).toMatchObject({ primaryKey: KEY_A });
  });
});

describe('certificates', () => {
  it('can be put, listed and removed, which all are told', async () => {
    const { service } = await fixture.start();
    const pem = await certificate('CN=Root');
    const stored = defined((await service.putCertificate({ name: 'root', pem })).certificate);
    expect(stored).toMatchObject({ name: 'root', pem, subject: 'CN=Root' });
    expect(stored.thumbprint).toMatch(/^[0-9A-F]{64}$/);
    expect(stored.notAfterMs).toBeGreaterThan(stored.notBeforeMs);
    await until(() => heard('certificatesChanged') === 1);
    expect(await service.putCertificate({ name: 'root', pem })).toEqual({ certificate: stored });
    const other = await service.putCertificate({ name: 'root', pem: await certificate('CN=Other') });
    expect(other.certificate).toMatchObject({ subject: 'CN=Other' });
    await until(() => heard('certificatesChanged') === 2);
    expect(await service.listCertificates({})).toEqual({ certificates: [other.certificate] });
    await service.deleteCertificate({ name: 'root' });
    expect(await service.listCertificates({})).toEqual({ certificates: [] });
    await until(() => heard('certificatesChanged') === 3);
    expect(await outcome(service.deleteCertificate({ name: 'root' }))).toBe('ResourceNotFound');
  });

  it('must be exactly one of an authority, and not ended', async () => {
    const { service } = await fixture.start();
    const good = await certificate('CN=Root');
    const bad = [
      '',
      'garbage',
      good + good,
      await certificate('CN=Leaf', { ca: false }),
      await certificate('CN=Old', { ended: true }),
      good.replace('MII', 'AAA'),
      'x'.repeat(100_000),
    ];
    for (const pem of bad) {
      expect(await outcome(service.putCertificate({ name: 'bad', pem }))).toBe('ArgumentInvalid');
    }
    for (const name of ['', 'a/b', '..'.repeat(40), '$x', '\0']) {
      expect(await outcome(service.putCertificate({ name, pem: good }))).toBe('ArgumentInvalid');
    }
    expect(await service.listCertificates({})).toEqual({ certificates: [] });
  });

  it('follow their declaration', async () => {
    const certificates = [{ name: 'declared', pem: await certificate('CN=Declared') }];
    const { service } = await fixture.start({ declared: { certificates } });
    expect((await service.listCertificates({})).certificates).toMatchObject([{ name: 'declared' }]);
    expect(await outcome(service.deleteCertificate({ name: 'declared' }))).toBe('InvalidOperation');
    expect((await (await fixture.start()).service.listCertificates({})).certificates).toEqual([]);
    const broken = await fixture.create({ declared: { certificates: [{ name: 'broken', pem: 'x' }] } });
    await expect(broken.start()).rejects.toThrow(/certificates: broken/);
  });
});
