import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import type { Attacked } from './hostile/both-directions/attacks.js';
import { messageAttacks } from './hostile/both-directions/messages.js';
import { methodAttacks } from './hostile/both-directions/methods.js';
import { queryAttacks } from './hostile/both-directions/queries.js';
import { rightsAttacks } from './hostile/both-directions/rights.js';
import { topicAttacks } from './hostile/both-directions/topics.js';
import { twinAttacks } from './hostile/both-directions/twins.js';
import { assemble } from './support/cast.js';
import { HonestListener } from './support/honest-listener.js';
import { OperationLedger } from './support/operation-ledger.js';
import { createDevice } from './support/registry.js';
import { underSiege, withstandsSiege } from './support/siege.js';

describe('a hub that is sent bad input in both directions', () => {
  const siege = underSiege(() => ({}));
  let attacked: Attacked;
  let listener: HonestListener;
  beforeAll(async () => {
    const { hub, registry } = siege;
    const made = async (deviceId: string) => {
      const { key } = await createDevice(registry, hub, deviceId);
      siege.keepSecret(key);
      return key;
    };
    const rudeKeys = { rude: await made('rude'), crude: await made('crude') };
    attacked = { siege, cast: await assemble(siege), rudeKeys, ledger: new OperationLedger() };
    listener = await HonestListener.connect(hub, 'listener', await made('listener'));
  });
  afterEach(() => listener.served());
  afterAll(() => listener?.close());

  describe('twins', () => twinAttacks(() => attacked));
  describe('topics of operations', () => topicAttacks(() => attacked));
  describe('direct methods', () => methodAttacks(() => attacked));
  describe('messages to devices', () => messageAttacks(() => attacked));
  describe('queries', () => queryAttacks(() => attacked));
  describe('rights', () => rightsAttacks(() => attacked));

  it('has left a record of each that there must be one of', () => attacked.ledger.complete(siege.hub));
  withstandsSiege(siege);
});
