import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { identity } from '@mooring/proto';
import type { RpcClient } from './client/rpc-client.js';
import { Bench, type Definition, gate, HOST, request, until } from './rpc.spec-support.js';

const STATISTICS = { totalDeviceCount: 1, enabledDeviceCount: 1, disabledDeviceCount: 0 };

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

async function counting(port = 0) {
  const counter = { calls: 0 };
  const started = await bench.serve(
    {
      getStatistics: async () => {
        counter.calls += 1;
        return STATISTICS;
      },
    },
    { port },
  );
  return { ...started, counter };
}

/** Calls without pause, four at a time, until told to stop. @returns what failed */
function load({ service }: RpcClient<Definition>) {
  const state = { stopped: false, made: 0 };
  const failures: unknown[] = [];
  const caller = async () => {
    while (!state.stopped) {
      await service.getStatistics({}).catch((error: unknown) => failures.push(error));
      state.made += 1;
    }
  };
  const callers = Promise.all([caller(), caller(), caller(), caller()]);
  return {
    made: () => state.made,
    stop: async () => {
      state.stopped = true;
      await callers;
      return failures;
    },
  };
}

describe('several addresses', () => {
  it('get calls in turn', async () => {
    const servers = [await counting(), await counting()];
    const { service } = await bench.client(servers.map(({ address }) => address));
    await until(async () => {
      await service.getStatistics({});
      return servers.every(({ counter }) => counter.calls > 0);
    });
    for (const { counter } of servers) {
      counter.calls = 0;
    }
    await Promise.all(Array.from({ length: 20 }, () => service.getStatistics({})));
    expect(servers.map(({ counter }) => counter.calls)).toEqual([10, 10]);
  });

  it('may be DNS names, of which some cannot be resolved', async () => {
    const { port, counter } = await counting();
    const { service } = await bench.client(['nowhere.invalid:1', `localhost:${port}`]);
    await service.getStatistics({});
    expect(counter.calls).toBe(1);
  });

  it('lose no call when one server drains, safe or not', async () => {
    const [first, second] = [await counting(), await counting()];
    const client = await bench.client([first.address, second.address]);
    const calls = load(client);
    await until(() => first.counter.calls > 20 && second.counter.calls > 20);
    expect(await first.server.drain(10_000)).toBe(true);
    const before = second.counter.calls;
    await until(() => second.counter.calls > before + 20);
    expect(await calls.stop()).toEqual([]);
  });

  it('serve on when one server is killed, and use it again when it is back', async () => {
    const [first, second] = [await counting(), await counting()];
    const client = await bench.client([first.address, second.address]);
    const calls = load(client);
    await until(() => first.counter.calls > 20 && second.counter.calls > 20);
    await first.server.drain(0);
    const before = second.counter.calls;
    await until(() => second.counter.calls > before + 20);
    const again = await counting(first.port);
    await until(() => again.counter.calls > 0);
    // Only what was in the killed server can have failed.
    const failures = await calls.stop();
    expect(failures.length).toBeLessThanOrEqual(4);
    expect(failures.every((error) => error instanceof HubError && error.code === 503001)).toBe(true);
  });

  it('lose no call when connections reach their age', async () => {
    // Well above the time that a busy machine takes for a call: a call may be sent again once, not for ever.
    const ageMs = 250;
    const { address } = await bench.serve({}, { limits: { maxConnectionAgeMs: ageMs } });
    const calls = load(await bench.client([address]));
    const begun = performance.now();
    await until(() => calls.made() > 500 && performance.now() - begun > 6 * ageMs);
    expect(await calls.stop()).toEqual([]);
  });
});

describe('drain', () => {
  it('lets the calls in progress end', async () => {
    const answer = gate();
    let begun = false;
    const { server, address } = await bench.serve({
      getStatistics: async () => {
        begun = true;
        await answer.opened;
        return STATISTICS;
      },
    });
    const client = await bench.client([address]);
    const call = client.service.getStatistics({});
    await until(() => begun);
    const drained = server.drain(10_000);
    await until(() => !client.isConnected);
    await expect(client.service.getIdentity(request('d1'))).rejects.toMatchObject({ code: 503001 });
    answer.open();
    expect(await call).toEqual(STATISTICS);
    expect(await drained).toBe(true);
  });

  it('cuts off what does not end in time', async () => {
    let begun = false;
    const { server, address } = await bench.serve({
      getStatistics: () => {
        begun = true;
        return new Promise<never>(() => undefined);
      },
    });
    const { service } = await bench.client([address], { safe: [] });
    const call = service.getStatistics({}).catch((error: unknown) => error);
    await until(() => begun);
    expect(await server.drain(20)).toBe(false);
    expect(await call).toMatchObject({ code: 503001 });
  });
});

describe('retries', () => {
  /** A peer that is UNAVAILABLE for the first calls, as gRPC itself would say it. */
  async function flaky(failures: number) {
    const state = { attempts: 0 };
    const getStatistics: handleUnaryCall<object, identity.GetStatisticsResponse> = (_call, callback) => {
      state.attempts += 1;
      if (state.attempts <= failures) {
        callback({ code: status.UNAVAILABLE, details: 'try again' });
      } else {
        callback(null, STATISTICS);
      }
    };
    const server = new Server();
    server.addService({ getStatistics: identity.IdentityServiceService.getStatistics }, { getStatistics });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    bench.ending(() => server.forceShutdown());
    return { address: `${HOST}:${port}`, state };
  }

  it('are made for safe calls, at most three attempts in all', async () => {
    const passing = await flaky(2);
    const { service } = await bench.client([passing.address], { tls: 'insecure', safe: ['getStatistics'] });
    expect(await service.getStatistics({})).toEqual(STATISTICS);
    expect(passing.state.attempts).toBe(3);
    const lasting = await flaky(9);
    const other = await bench.client([lasting.address], { tls: 'insecure', safe: ['getStatistics'] });
    await expect(other.service.getStatistics({})).rejects.toMatchObject({ code: 503001 });
    expect(lasting.state.attempts).toBe(3);
  });

  it('are not made for others', async () => {
    const { address, state } = await flaky(1);
    const { service } = await bench.client([address], { tls: 'insecure', safe: ['getIdentity'] });
    await expect(service.getStatistics({})).rejects.toMatchObject({ code: 503001 });
    expect(state.attempts).toBe(1);
  });

  it('stop while most calls fail', async () => {
    const { address, state } = await flaky(Number.POSITIVE_INFINITY);
    const { service } = await bench.client([address], { tls: 'insecure', safe: ['getStatistics'] });
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => service.getStatistics({})));
    expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
    const before = state.attempts;
    await expect(service.getStatistics({})).rejects.toMatchObject({ code: 503001 });
    expect(state.attempts - before).toBe(1);
  });

  it('are not made where the service itself answered that it is unavailable', async () => {
    let attempts = 0;
    const { address } = await bench.serve({
      getStatistics: async () => {
        attempts += 1;
        throw new HubError('ServiceUnavailable', 'The store is away.');
      },
    });
    const { service } = await bench.client([address], { safe: ['getStatistics'] });
    await expect(service.getStatistics({})).rejects.toMatchObject({ message: 'The store is away.' });
    expect(attempts).toBe(1);
  });
});
