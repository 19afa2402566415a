import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateThumbprints } from '@mooring/credentials';
import { identity } from '@mooring/proto';
import { TestEdge } from '../../test-edge.spec-support.js';
import { type Issued, issue, registered } from './certificates.spec-support.js';

const { SELF_SIGNED, CERTIFICATE_AUTHORITY } = identity.AuthenticationType;

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

const noPassword = { password: undefined };

describe('a self-signed certificate', () => {
  it.each(['sha1', 'sha256'] as const)('admits by its %s thumbprint, primary or secondary', async (hash) => {
    const device = await issue('anything');
    const thumbprint = certificateThumbprints(device.der)[hash];
    for (const field of ['primaryThumbprint', 'secondaryThumbprint']) {
      edge.identity.put('d1', { authentication: { type: SELF_SIGNED, [field]: thumbprint } });
      expect(await edge.open([device.der]).connect(noPassword)).toMatchObject({ returnCode: 0 });
      await edge.pass(2);
    }
  });

  it('refuses another, one out of date, and a token', async () => {
    const device = await issue('d1');
    const old = await issue('d1', { days: [-30, -1] });
    const thumbprints = {
      primaryThumbprint: certificateThumbprints(device.der).sha256,
      secondaryThumbprint: certificateThumbprints(old.der).sha256,
    };
    edge.identity.put('d1', { authentication: { type: SELF_SIGNED, ...thumbprints } });
    const other = await issue('d1');
    expect(await edge.open([other.der]).connect(noPassword)).toMatchObject({ returnCode: 5 });
    expect(await edge.open([old.der]).connect(noPassword)).toMatchObject({ returnCode: 5 });
    expect(await edge.open([device.der]).connect()).toMatchObject({ returnCode: 5 });
    expect(await edge.open([device.der]).connect(noPassword)).toMatchObject({ returnCode: 0 });
  });
});

describe('a certificate of an authority', () => {
  async function register(ca: Issued): Promise<void> {
    edge.identity.certificates.push(registered(ca));
    edge.eventLog.control({ $case: 'certificatesChanged', value: {} });
    for (const name of ['d1', 'd1/m1']) {
      edge.identity.put(name, { authentication: { type: CERTIFICATE_AUTHORITY } });
    }
  }

  it('admits the device or module that it names, also through an intermediate', async () => {
    const ca = await issue('root', { ca: true });
    const intermediate = await issue('intermediate', { by: ca, ca: true });
    await register(ca);
    const device = await issue('d1', { by: ca });
    const module = await issue('d1/m1', { by: intermediate });
    const client = edge.open([device.der]);
    expect(await client.connect(noPassword)).toMatchObject({ returnCode: 0 });
    client.publish('devices/d1/messages/events/', 'x', 1);
    await client.acknowledgements(1);
    expect(edge.ingress.records[0]?.headers['iothub-connection-auth-method']).toContain('"type":"x509"');
    const chain = [module.der, intermediate.der];
    expect(await edge.open(chain).connect({ ...noPassword, clientId: 'd1/m1' })).toMatchObject({ returnCode: 0 });
  });

  it('refuses another name, another authority, and one out of date', async () => {
    const ca = await issue('root', { ca: true });
    await register(ca);
    const chains = [
      await issue('d2', { by: ca }),
      await issue('d1', { by: await issue('root', { ca: true }) }),
      await issue('d1', { by: ca, days: [-30, -1] }),
      await issue('d1'),
    ];
    for (const { der } of chains) {
      expect(await edge.open([der]).connect(noPassword)).toMatchObject({ returnCode: 5 });
    }
  });

  it('closes whom an authority admitted that is removed', async () => {
    const ca = await issue('root', { ca: true });
    await register(ca);
    const device = await issue('d1', { by: ca });
    const client = edge.open([device.der]);
    await client.connect(noPassword);
    edge.identity.certificates.pop();
    edge.eventLog.control({ $case: 'certificatesChanged', value: {} });
    await client.closing();
  });
});
