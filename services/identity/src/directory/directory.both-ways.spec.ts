import { afterEach, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { inBothWays } from '@mooring/rpc/contract';
import { IdentityFixture, type IdentityService } from '../testing/identity-fixture.js';
import { get, outcome, put, remove, SHA1, wanted } from '../testing/requests.js';

const { AuthenticationType, Status } = identity;
const NONE = { found: false, deviceFound: false, identity: undefined, revision: 0 };

let fixture: IdentityFixture | undefined;
let registry: IdentityService;

async function start(): Promise<identity.DirectoryService> {
  fixture = await IdentityFixture.open();
  const { service, directory } = await fixture.start();
  registry = service;
  return directory;
}

afterEach(() => fixture?.close());

inBothWays(identity.DirectoryServiceService, start, (directory) => {
  const describeAll = async (...ids: readonly string[]) => {
    const keys = ids.map((id) => ({ deviceId: id.split('/')[0] ?? '', moduleId: id.split('/')[1] ?? '' }));
    return (await directory().describeIdentities({ keys })).descriptions;
  };
  const revisionOf = async (id: string) => (await describeAll(id))[0]?.revision ?? 0;

  it('describes devices and modules as the registry does, without their keys', async () => {
    const primaryThumbprint = SHA1;
    await put(registry, wanted('edge', '', { iotEdge: true, status: Status.DISABLED, statusReason: 'lent out' }));
    await put(registry, wanted('edge', 'm', { managedBy: 'them', authentication: { primaryThumbprint } }));
    const [device, module] = await describeAll('edge', 'edge/m');
    const known = await get(registry, 'edge');
    expect(known.authentication?.primaryKey).not.toBe('');
    const authentication = { ...known.authentication, primaryKey: '', secondaryKey: '' };
    expect(device).toMatchObject({ found: true, deviceFound: true, identity: { ...known, authentication } });
    expect(module?.identity).toEqual(await get(registry, 'edge', 'm'));
    expect(module?.identity).toMatchObject({
      status: Status.DISABLED,
      authentication: { type: AuthenticationType.SELF_SIGNED, primaryThumbprint },
    });
  });

  it('answers in the order asked, also for those that are not there and keys that nobody can have', async () => {
    await put(registry, wanted('d'));
    await put(registry, wanted('gone'));
    await remove(registry, 'gone');
    const answers = await describeAll('nobody', 'd', 'gone', 'd/m', 'a b', '', 'nobody/m', 'd/a b', 'd');
    expect(answers.map(({ found }) => found)).toEqual([false, true, false, false, false, false, false, false, true]);
    expect(answers[2]).toEqual(NONE);
    expect(answers[3]).toEqual({ ...NONE, deviceFound: true });
    expect(answers[6]).toEqual(NONE);
    expect(answers[7]).toEqual({ ...NONE, deviceFound: true });
  });

  it('takes a thousand keys, and no more', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `d${index}`);
    await put(registry, wanted('d7'));
    const answers = await describeAll(...ids);
    expect(answers.map(({ found }) => found).indexOf(true)).toBe(7);
    expect(await outcome(describeAll(...ids, 'one-more'))).toBe('ArgumentInvalid');
  });

  it('tells a greater revision after every change, also of a device that was created anew', async () => {
    const revisions: number[] = [];
    await put(registry, wanted('d'));
    revisions.push(await revisionOf('d'));
    for (const statusReason of ['a', 'b']) {
      await put(registry, wanted('d', '', { statusReason }), '*');
      revisions.push(await revisionOf('d'));
    }
    await put(registry, wanted('d', 'm'));
    revisions.push(await revisionOf('d/m'));
    for (const managedBy of ['a', 'b']) {
      await put(registry, wanted('d', 'm', { managedBy }), '*');
      revisions.push(await revisionOf('d/m'));
    }
    await put(registry, wanted('d', '', { status: Status.DISABLED }), '*');
    revisions.push(await revisionOf('d/m'));
    await remove(registry, 'd');
    await put(registry, wanted('d'));
    revisions.push(await revisionOf('d'));
    expect(revisions).toEqual([...new Set(revisions)].sort((left, right) => left - right));
  });
});
