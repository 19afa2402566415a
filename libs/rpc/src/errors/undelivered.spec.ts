import { afterEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { Bench, gate, request, until } from '../rpc.spec-support.js';
import { undelivered } from './undelivered.js';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(() => undefined).catch((error: unknown) => error);

describe('undelivered', () => {
  it('says so of a call where nobody listens, and of one by a client that is closed', async () => {
    const { server, address } = await bench.serve();
    await server.drain(0);
    const client = await bench.client([address]);
    expect(undelivered(await failure(client.service.getIdentity(request('d'))))).toBe('unreachable');
    client.close();
    expect(undelivered(await failure(client.service.getIdentity(request('d'))))).toBe('unreachable');
  });

  it('says so of calls beyond the limit of the client or of the server', async () => {
    const answer = gate();
    let begun = 0;
    const { address } = await bench.serve(
      {
        getStatistics: async () => {
          begun += 1;
          await answer.opened;
          return { totalDeviceCount: 1, enabledDeviceCount: 1, disabledDeviceCount: 0 };
        },
      },
      { limits: { maxCallsInProgress: 1 } },
    );
    const one = await bench.client([address], { maxOutstanding: 1 });
    const other = await bench.client([address]);
    const first = one.service.getStatistics({});
    await until(() => begun === 1);
    for (const { service } of [one, other]) {
      expect(undelivered(await failure(service.getStatistics({})))).toBe('refused');
    }
    answer.open();
    await first;
  });

  it('does not say so of what the service threw, nor of a call whose connection broke', async () => {
    let begun = 0;
    const thrown = new HubError('ServiceUnavailable', 'away');
    const { server, address } = await bench.serve({
      getIdentity: () => Promise.reject(thrown),
      getStatistics: () => {
        begun += 1;
        return new Promise(() => undefined);
      },
    });
    const { service } = await bench.client([address]);
    const refused = await failure(service.getIdentity(request('d')));
    expect([undelivered(refused), refused]).toEqual([undefined, expect.objectContaining({ code: 503001 })]);
    const broken = failure(service.getStatistics({}));
    await until(() => begun === 1);
    await server.drain(0);
    expect([undelivered(await broken), await broken]).toEqual([undefined, expect.objectContaining({ code: 503001 })]);
    for (const other of [undefined, 'text', new Error('x')]) {
      expect(undelivered(other)).toBeUndefined();
    }
  });
});
