import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { FakeTwins } from '../fake-twins.spec-support.js';
import { HOST } from '../mqtt-client.spec-support.js';
import { TestEdge, turn, until } from '../test-edge.spec-support.js';

let edge: TestEdge;
let twins: FakeTwins;
beforeEach(async () => {
  twins = new FakeTwins();
  edge = await TestEdge.start({ more: { twinService: twins } });
  twins.put('d1');
  twins.put('d1/m1');
});
afterEach(() => edge.stop());

const connected = (clientId: string, modelId: string) =>
  edge.connected({ clientId, username: `${HOST}/${clientId}/?api-version=2021-04-12&model-id=${modelId}` });
const modelOf = (name: string) => twins.twins.get(name)?.modelId;

describe('the model that a device names when it connects', () => {
  it('is stored in its twin', async () => {
    await connected('d1', 'dtmi:x;1');
    await until(() => modelOf('d1') === 'dtmi:x;1');
    await connected('d1/m1', 'dtmi%3Ay%3B1');
    await edge.pass(1);
    await until(() => modelOf('d1/m1') === 'dtmi:y;1');
  });

  it('stays where it names none later, and nobody is asked for that', async () => {
    const first = await connected('d1', 'dtmi:x;1');
    await until(() => modelOf('d1') === 'dtmi:x;1');
    await edge.connected();
    await first.closing();
    await edge.pass(2);
    expect(modelOf('d1')).toBe('dtmi:x;1');
    expect(twins.modelCalls).toEqual([1]);
  });

  it('shares a call with those of others, which no connection waits for', async () => {
    let open: () => void = () => undefined;
    twins.gate = new Promise((resolve) => {
      open = resolve;
    });
    await connected('d1', 'dtmi:x;1');
    await until(() => twins.modelCalls.length === 1);
    twins.put('d2');
    await connected('d2', 'dtmi:x;1');
    await connected('d1/m1', 'dtmi:x;1');
    open();
    await turn();
    await edge.pass(1);
    await until(() => modelOf('d2') === 'dtmi:x;1' && modelOf('d1/m1') === 'dtmi:x;1');
    expect(twins.modelCalls).toEqual([1, 2]);
  });

  it('is stored later where that fails, while the connection lives', async () => {
    twins.failure = new HubError('ServiceUnavailable', 'away');
    const gone = await connected('d1/m1', 'dtmi:x;1');
    await connected('d1', 'dtmi:x;1');
    await until(() => twins.modelCalls.length > 0);
    gone.vanish();
    await edge.pass(1);
    twins.failure = undefined;
    await edge.pass(4);
    await until(() => modelOf('d1') === 'dtmi:x;1');
    expect(modelOf('d1/m1')).toBe('');
  });

  it('is not asked for again where the twin is of another identity', async () => {
    twins.put('d1', 'another');
    await connected('d1', 'dtmi:x;1');
    await until(() => twins.modelCalls.length === 1);
    await edge.pass(5);
    expect(twins.modelCalls).toEqual([1]);
  });
});
