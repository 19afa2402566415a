import { describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import type { StoredRecord } from '@mooring/event-log';
import { createLogger } from '@mooring/observability';
import { control, identity } from '@mooring/proto';
import { PolicyDirectory } from './policy-directory.js';

function policy(name: string, rights: identity.Right[]): identity.Policy {
  return { name, primaryKey: 'cHJpbWFyeQ==', secondaryKey: 'c2Vjb25kYXJ5', rights, etag: '1' };
}

async function setUp() {
  const clock = new ManualClock();
  const stored = [policy('service', [identity.Right.SERVICE_CONNECT])];
  const listPolicies = jest.fn(async () => ({ policies: [...stored] }));
  let follower: (record: StoredRecord) => void = () => undefined;
  const closed = jest.fn(async () => undefined);
  const directory = await PolicyDirectory.open({
    identity: { listPolicies },
    log: {
      follow: async (_topic, handler) => {
        follower = handler;
        return { close: closed };
      },
    },
    controlTopic: 'mooring.control',
    clock,
    logger: createLogger('test', 'silent'),
  });
  const broadcast = (value: Buffer): void =>
    follower({ topic: 'mooring.control', partition: 0, offset: 0, timestamp: 0, key: '', headers: {}, value });
  const announce = (event: control.ControlEvent['event']): void =>
    broadcast(Buffer.from(control.ControlEvent.encode({ timeMs: 0, event }).finish()));
  return { clock, stored, listPolicies, directory, broadcast, announce, closed };
}

const CHANGED = { $case: 'policiesChanged', value: {} } as const;

describe('PolicyDirectory', () => {
  it('asks once for many, however many ask at the same time', async () => {
    const { directory, listPolicies } = await setUp();
    const found = await Promise.all([directory.find('service'), directory.find('service')]);
    expect(found[0]).toEqual({
      name: 'service',
      keys: ['cHJpbWFyeQ==', 'c2Vjb25kYXJ5'],
      rights: new Set(['ServiceConnect']),
    });
    await directory.find('service');
    expect(listPolicies).toHaveBeenCalledTimes(1);
  });

  it('uses nothing that was read before a change was heard of', async () => {
    const { directory, stored, announce } = await setUp();
    await directory.find('service');
    stored.length = 0;
    expect(await directory.find('service')).toBeDefined();
    announce(CHANGED);
    expect(await directory.find('service')).toBeUndefined();
  });

  it('reads again when a change is heard of while it reads', async () => {
    const { directory, stored, announce, listPolicies } = await setUp();
    listPolicies.mockImplementationOnce(async () => {
      const policies = [...stored];
      stored.length = 0;
      announce(CHANGED);
      return { policies };
    });
    expect(await directory.find('service')).toBeUndefined();
    expect(listPolicies).toHaveBeenCalledTimes(2);
  });

  it('asks again for an unknown name at a bounded rate, and for all after a while', async () => {
    const { directory, stored, listPolicies, clock } = await setUp();
    for (let i = 0; i < 5; i++) {
      expect(await directory.find('late')).toBeUndefined();
    }
    expect(listPolicies).toHaveBeenCalledTimes(1);
    stored.push(policy('late', []));
    clock.advance(1_000);
    expect(await directory.find('late')).toBeDefined();
    clock.advance(9_999);
    await directory.find('late');
    expect(listPolicies).toHaveBeenCalledTimes(2);
    clock.advance(1);
    await directory.find('late');
    expect(listPolicies).toHaveBeenCalledTimes(3);
  });

  it('fails rather than trust what may have changed, and recovers', async () => {
    const { directory, listPolicies, announce } = await setUp();
    await directory.find('service');
    announce(CHANGED);
    listPolicies.mockRejectedValueOnce(new Error('identity is away'));
    await expect(directory.find('service')).rejects.toThrow('identity is away');
    expect(await directory.find('service')).toBeDefined();
  });

  it('tells its listeners of changes of policies only, and ignores what it cannot read', async () => {
    const { directory, announce, broadcast } = await setUp();
    const listener = jest.fn();
    const stop = directory.onChanged(listener);
    announce({ $case: 'beat', value: {} });
    broadcast(Buffer.from([0xff, 0xff]));
    expect(listener).not.toHaveBeenCalled();
    announce(CHANGED);
    stop();
    announce(CHANGED);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('stops hearing when it is closed', async () => {
    const { directory, closed } = await setUp();
    await directory.close();
    expect(closed).toHaveBeenCalledTimes(1);
  });
});
