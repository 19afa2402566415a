import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import { Bench, gate, HOST, request, until } from './rpc.spec-support.js';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

describe('a call', () => {
  it('gives what the implementation gives, a hundred at a time', async () => {
    const { address } = await bench.serve();
    const { service } = await bench.client([address]);
    const ids = Array.from({ length: 100 }, (_, index) => `d${index}`);
    const answers = await Promise.all(ids.map((id) => service.getIdentity(request(id))));
    expect(answers.map((answer) => answer.identity?.key?.deviceId)).toEqual(ids);
  });

  it('fails with the error that the implementation threw', async () => {
    const thrown = new HubError('DeviceNotFound', 'No device “d1”: 100 % sure.');
    const { address } = await bench.serve({ getIdentity: () => Promise.reject(thrown) });
    const { service } = await bench.client([address]);
    const error = await service.getIdentity(request('d1')).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ error: 'DeviceNotFound', message: thrown.message, trackingId: thrown.trackingId });
  });

  it('fails with ServerError where the implementation threw at once, or gave what cannot be sent', async () => {
    const { address } = await bench.serve({
      getIdentity: () => {
        throw new TypeError('secret');
      },
      getStatistics: async () => ({ totalDeviceCount: 0.5, enabledDeviceCount: 0, disabledDeviceCount: 0 }),
    });
    const { service } = await bench.client([address]);
    for (const failing of [service.getIdentity(request('d1')), service.getStatistics({})]) {
      const error = await failing.catch((caught: unknown) => caught);
      expect(error).toMatchObject({ error: 'ServerError', message: expect.not.stringContaining('secret') });
    }
  });

  it('fails with GatewayTimeout at its deadline, which may differ by call', async () => {
    const never = () => new Promise<never>(() => undefined);
    const { address } = await bench.serve({ getStatistics: never });
    const client = await bench.client([address], { deadlines: { getStatistics: 50 } });
    await client.connect(10_000);
    await expect(client.service.getStatistics({})).rejects.toMatchObject({ error: 'GatewayTimeout' });
    await client.service.getIdentity(request('d1'));
  });

  it('fails with MessageTooLarge where the request or the answer is', async () => {
    const long = 'x'.repeat(2_000);
    const { address } = await bench.serve({ listDevices: async () => ({ devices: [], nextPageToken: long }) });
    const { service } = await bench.client([address], { maxMessageBytes: 1_000 });
    const tooLarge = { error: 'MessageTooLarge' };
    await expect(service.getIdentity(request(long))).rejects.toMatchObject(tooLarge);
    await expect(service.listDevices({ pageSize: 1, pageToken: '' })).rejects.toMatchObject(tooLarge);
    const small = await bench.serve({}, { limits: { maxMessageBytes: 1_000 } });
    const other = await bench.client([small.address]);
    await expect(other.service.getIdentity(request(long))).rejects.toMatchObject(tooLarge);
    await other.service.getIdentity(request('d1'));
  });
});

describe('limits', () => {
  it('fails a call at once where as many wait as may', async () => {
    const answer = gate();
    const { address } = await bench.serve({
      getStatistics: () =>
        answer.opened.then(() => ({ totalDeviceCount: 1, enabledDeviceCount: 1, disabledDeviceCount: 0 })),
    });
    const { service } = await bench.client([address], { maxOutstanding: 1 });
    const first = service.getStatistics({});
    await expect(service.getIdentity(request('d1'))).rejects.toMatchObject({ code: 503001 });
    answer.open();
    await first;
    await service.getIdentity(request('d1'));
  });

  it('has a server refuse calls beyond its limit before it does anything for them', async () => {
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
    const { service } = await bench.client([address]);
    const first = service.getStatistics({});
    await until(() => begun === 1);
    await expect(service.getStatistics({})).rejects.toMatchObject({ code: 503001 });
    answer.open();
    await first;
    expect(begun).toBe(1);
  });
});

describe('without a connection', () => {
  it('a call fails with ServiceUnavailable where nobody listens', async () => {
    const { server, address } = await bench.serve();
    await server.drain(1_000);
    const client = await bench.client([address]);
    await expect(client.service.getStatistics({})).rejects.toMatchObject({ code: 503001 });
    await expect(client.connect(50)).rejects.toMatchObject({ code: 503001 });
    expect(client.isConnected).toBe(false);
  });

  it('a call waits a while for a peer that is silent, then fails with ServiceUnavailable', async () => {
    const accepted: Socket[] = [];
    const silent = createServer((socket) => accepted.push(socket)).listen(0, HOST);
    bench.ending(() => {
      silent.close();
      for (const socket of accepted) {
        socket.destroy();
      }
    });
    await until(() => silent.listening);
    const { port } = silent.address() as AddressInfo;
    const manual = new ManualClock();
    const { service } = await bench.client([`${HOST}:${port}`], {
      clock: manual,
      connectTimeoutMs: 700,
      deadlineMs: 60_000,
    });
    let outcome: unknown;
    const call = service.getStatistics({}).catch((error: unknown) => {
      outcome = error;
    });
    await until(() => accepted.length === 1);
    manual.advance(699);
    expect(outcome).toBeUndefined();
    manual.advance(1);
    await call;
    expect(outcome).toMatchObject({ code: 503001 });
  });

  it('a closed client fails calls with ServiceUnavailable', async () => {
    const { address } = await bench.serve();
    const client = await bench.client([address]);
    client.close();
    await expect(client.service.getStatistics({})).rejects.toMatchObject({ code: 503001 });
  });
});
