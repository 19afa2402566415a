import { beforeEach, describe, expect, it } from '@jest/globals';
import { deviceIdentity } from '../device-session/device-identity.js';
import type { Admission, CloseReason, LiveConnection } from '../device-session/live/live-connection.js';
import { LiveConnections } from '../device-session/live/live-connections.js';
import { WantsNothing } from '../device-session/live/wants-nothing.spec-support.js';
import { OlderConnections } from '../device-session/ownership/older-connections.js';
import { PendingAdmissions } from '../device-session/pending-admissions.js';
import { EdgeContract } from './edge-contract.js';

const D1 = deviceIdentity('d1');
const KEY = { deviceId: 'd1', moduleId: '' };

let live: LiveConnections;
let pending: PendingAdmissions;
let older: OlderConnections;
let contract: EdgeContract;
let closed: string[];

beforeEach(() => {
  live = new LiveConnections();
  pending = new PendingAdmissions();
  older = new OlderConnections(live, pending);
  contract = new EdgeContract(older);
  closed = [];
});

function connect(identity: typeof D1, epoch: number): void {
  const admission = { identity, epoch } as Admission;
  const connection: LiveConnection = Object.assign(new WantsNothing(), {
    id: 'c',
    admission,
    close: (reason: CloseReason) => {
      closed.push(`${identity.name} ${reason}`);
      live.remove(connection);
    },
    hold: () => undefined,
    release: () => undefined,
    takeActivity: () => undefined,
  });
  live.put(connection);
}

const close = async (epoch: number, key: typeof KEY | undefined = KEY) =>
  (await contract.closeConnections({ connections: [{ key, epoch }] })).confirmed[0];

describe('closeConnections', () => {
  it('closes what has a smaller epoch, and confirms that alone', async () => {
    connect(D1, 5);
    connect(deviceIdentity('d1', 'm1'), 5);
    expect(await close(5)).toBe(false);
    expect(await close(4)).toBe(false);
    expect(closed).toEqual([]);
    expect(await close(6)).toBe(true);
    expect(closed).toEqual(['d1 taken-over']);
    expect(await close(6)).toBe(false);
  });

  it('answers in the order of the request, and takes what it cannot make sense of', async () => {
    connect(D1, 5);
    const keys = [undefined, { deviceId: 'nobody', moduleId: '' }, KEY, { deviceId: '__proto__', moduleId: 'a/b' }];
    const { confirmed } = await contract.closeConnections({ connections: keys.map((key) => ({ key, epoch: 9 })) });
    expect(confirmed).toEqual([false, false, true, false]);
  });

  it('does not confirm a connection in admission, and lets that know its epoch is outdated', async () => {
    const admission = pending.begin(D1);
    admission.epoch = 5;
    const other = pending.begin(deviceIdentity('d1', 'm1'));
    expect(await close(6)).toBe(false);
    expect([admission.supersededBy, other.supersededBy]).toEqual([6, 0]);
    expect(await close(4)).toBe(false);
    expect(admission.supersededBy).toBe(6);
  });

  it('does not confirm where a claim went astray: it may have displaced somebody elsewhere', async () => {
    connect(D1, 5);
    older.claimLost(D1);
    expect(await close(7)).toBe(false);
    expect(closed).toEqual(['d1 taken-over']);
    older.claimed(D1);
    connect(D1, 8);
    expect(await close(9)).toBe(true);
  });

  it('refuses more than a thousand', async () => {
    const connections = Array.from({ length: 1_001 }, () => ({ key: KEY, epoch: 1 }));
    await expect(contract.closeConnections({ connections })).rejects.toMatchObject({ error: 'ArgumentInvalid' });
    await expect(contract.findConnections({ keys: connections.map(({ key }) => key) })).rejects.toMatchObject({
      error: 'ArgumentInvalid',
    });
  });
});

describe('findConnections', () => {
  it('tells the epochs of the connections that are here', async () => {
    connect(D1, 5);
    pending.begin(deviceIdentity('d2')).epoch = 6;
    const keys = [{ deviceId: 'd2', moduleId: '' }, KEY, { deviceId: 'd1', moduleId: 'm1' }];
    expect(await contract.findConnections({ keys })).toEqual({ epochs: [0, 5, 0] });
  });
});
