import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isValidDeviceId } from '@mooring/credentials';
import { type DocumentStore, DocumentStoreError } from '@mooring/document-store';
import { identity } from '@mooring/proto';
import fc from 'fast-check';
import { IdentityFixture, type IdentityProcess } from './testing/identity-fixture.js';
import { credentials, get, outcome, put, remove, wanted } from './testing/requests.js';

let fixture: IdentityFixture;
let running: IdentityProcess;

beforeAll(async () => {
  fixture = await IdentityFixture.open();
  running = await fixture.start();
});
afterAll(() => fixture.close());

const HOSTILE = [
  '__proto__',
  'constructor',
  'toString',
  'a/b',
  '..',
  '../x',
  'a%2fb',
  '\0',
  'a\0',
  'ü',
  '\ud800',
  ' ',
  '',
  '$x',
  'x'.repeat(129),
];
const anyId = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE));
/** What may be answered to a client, other than success. */
const EXPECTED = /^(ok|ArgumentInvalid|DeviceNotFound|ModuleNotFound|DeviceAlreadyExists|ModuleAlreadyExistsOnDevice)$/;

describe('any input', () => {
  it('as an id ends in success or an answer of the contract, and reads back as itself', async () => {
    const { service } = running;
    await fc.assert(
      fc.asyncProperty(anyId, fc.oneof(fc.constant(''), anyId), async (deviceId, moduleId) => {
        const created = await outcome(put(service, wanted(deviceId)));
        expect(created).toMatch(EXPECTED);
        expect(created === 'ArgumentInvalid').toBe(!isValidDeviceId(deviceId));
        expect(await outcome(put(service, wanted(deviceId, moduleId)))).toMatch(EXPECTED);
        expect(await outcome(service.listModules({ deviceId }))).toMatch(EXPECTED);
        const found = await credentials(service, deviceId, moduleId);
        expect(found.key).toEqual({ deviceId, moduleId });
        if (created === 'ok') {
          expect((await get(service, deviceId)).key).toEqual({ deviceId, moduleId: '' });
          await remove(service, deviceId);
        }
        expect((await credentials(service, deviceId)).found).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('as authentication, status or scope ends in success or an answer of the contract', async () => {
    const { service } = running;
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('', 'AAAAAAAAAAAAAAAAAAAAAA=='),
    );
    const wish = fc.record({
      authentication: fc.record({
        type: fc.integer({ min: -1, max: 6 }),
        primaryKey: text,
        secondaryKey: text,
        primaryThumbprint: text,
        secondaryThumbprint: text,
      }),
      status: fc.integer({ min: -1, max: 4 }),
      statusReason: text,
      iotEdge: fc.boolean(),
      deviceScope: text,
      parentScopes: fc.array(text, { maxLength: 3 }),
      managedBy: text,
    });
    await fc.assert(
      fc.asyncProperty(wish, fc.constantFrom('', '*'), async (fields, ifMatch) => {
        const odd = wanted('odd', '', fields as Parameters<typeof identity.Identity.fromPartial>[0]);
        expect(await outcome(put(service, odd, ifMatch))).toMatch(
          /^(ok|ArgumentInvalid|InvalidDeviceScope|DeviceNotFound|DeviceAlreadyExists)$/,
        );
      }),
      { numRuns: 150 },
    );
  });

  it('that lacks what must be there is refused', async () => {
    const { service } = running;
    expect(await outcome(service.getIdentity({ key: undefined }))).toBe('ArgumentInvalid');
    expect(await outcome(service.putIdentity({ identity: undefined, ifMatch: '' }))).toBe('ArgumentNull');
    expect(await outcome(service.deleteIdentity({ key: undefined, ifMatch: '*' }))).toBe('ArgumentInvalid');
    const operations = [{ mode: identity.ImportMode.CREATE, identity: undefined }];
    expect((await service.bulkUpdate({ operations })).errors).toMatchObject([{ errorCode: 'ArgumentNull' }]);
  });
});

describe('keys sealed with another key', () => {
  it('are never given out', async () => {
    await put(running.service, wanted('sealed'));
    const other = await fixture.create({ sealKey: Buffer.alloc(32, 8) });
    await expect(get(other.service, 'sealed')).rejects.toThrow(/sealed with/);
  });

  it('admit nobody, and keep nobody else out', async () => {
    const other = await fixture.create({ sealKey: Buffer.alloc(32, 8) });
    await put(other.service, wanted('readable'));
    const keys = ['sealed', 'readable'].map((deviceId) => ({ deviceId, moduleId: '' }));
    const answer = await other.service.resolveCredentials({ keys });
    expect(answer.credentials.map(({ found }) => found)).toEqual([false, true]);
  });
});

describe('an absent store', () => {
  it('is told as ServiceUnavailable', async () => {
    const documents = (store: DocumentStore): DocumentStore =>
      Object.create(store, {
        collection: {
          value: async (spec: Parameters<DocumentStore['collection']>[0]) =>
            Object.create(await store.collection(spec), {
              get: { value: () => Promise.reject(new DocumentStoreError('unavailable', 'gone')) },
            }),
        },
      }) as DocumentStore;
    const { service } = await fixture.create({ documents });
    expect(await outcome(get(service, 'd'))).toBe('ServiceUnavailable');
    expect(await outcome(put(service, wanted('d')))).toBe('ServiceUnavailable');
  });
});

describe('metrics', () => {
  it('count operations by outcome, and the sizes of look-ups', async () => {
    const { service, metrics } = await fixture.create();
    await put(service, wanted('measured'));
    await outcome(put(service, wanted('measured')));
    await service.bulkUpdate({
      operations: [
        { mode: identity.ImportMode.UPDATE, identity: wanted('measured') },
        { mode: identity.ImportMode.CREATE, identity: wanted('measured-2') },
        { mode: identity.ImportMode.CREATE, identity: wanted('measured') },
      ],
    });
    await credentials(service, 'measured');
    const text = await metrics.metrics();
    for (const line of [
      'mooring_identity_operations_total{operation="CreateIdentity",outcome="ok"} 1',
      'mooring_identity_operations_total{operation="CreateIdentity",outcome="DeviceAlreadyExists"} 1',
      'mooring_identity_operations_total{operation="BulkOperation",outcome="ok"} 2',
      'mooring_identity_operations_total{operation="BulkOperation",outcome="DeviceDefinedMultipleTimes"} 1',
      'mooring_identity_lookup_batch_identities_count 1',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/mooring_identity_pending_documents \d/);
    expect(text).not.toContain('measured-2');
  });
});
