import { AsyncLocalStorage } from 'node:async_hooks';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createMetrics } from '@mooring/observability';
import { health, identity } from '@mooring/proto';
import fc from 'fast-check';
import { errorFrom } from './errors/error-from.js';
import type { RpcInterceptor } from './interceptor.js';
import { Bench, implementation, request } from './rpc.spec-support.js';

const { GetIdentityRequest } = identity;
const PATH = identity.IdentityServiceService.getIdentity.path;

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

/** A peer that sends what it likes. */
async function raw(options: Parameters<Bench['serve']>[1] = {}, parts: Parameters<Bench['serve']>[0] = {}) {
  const started = await bench.serve(parts, { tls: 'insecure', ...options });
  const client = new Client(started.address, credentials.createInsecure());
  bench.ending(() => client.close());
  const same = (bytes: Buffer) => bytes;
  const send = (path: string, bytes: Uint8Array) =>
    new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(path, same, same, Buffer.from(bytes), (error, answer) =>
        error ? reject(error) : resolve(answer ?? Buffer.alloc(0)),
      );
    });
  const sendWrong = async (path: string, bytes: Uint8Array) =>
    errorFrom(
      await send(path, bytes).then(
        () => Promise.reject(new Error('answered')),
        (error: ServiceError) => error,
      ),
      'x',
    );
  return { ...started, send, sendWrong };
}

describe('a peer of another release', () => {
  it('may send fields and enum values that are not known', async () => {
    let seen: identity.ListDevicesRequest | undefined;
    const { send } = await raw(
      {},
      {
        listDevices: async (received) => {
          seen = received;
          return { devices: [], nextPageToken: '' };
        },
      },
    );
    const known = identity.ListDevicesRequest.encode({ pageSize: 7, pageToken: 't' }).finish();
    // Field 900, a string; field 901, a varint; field 902, eight bytes.
    const unknown = Buffer.from('a238026869a83801b138' + '0102030405060708', 'hex');
    await send(identity.IdentityServiceService.listDevices.path, Buffer.concat([known, unknown]));
    expect(seen).toEqual({ pageSize: 7, pageToken: 't' });
  });

  it('may answer with fields and enum values that are not known', async () => {
    const newer = identity.Identity.create({ etag: 'e' });
    Object.assign(newer, { status: 77 });
    const { address } = await bench.serve({ getIdentity: async () => ({ identity: newer }) });
    const { service } = await bench.client([address]);
    const answer = await service.getIdentity(request('d1'));
    expect([answer.identity?.etag, answer.identity?.status]).toEqual(['e', 77]);
  });

  it('is told that a version of a contract, or a call of it, is not served', async () => {
    const { sendWrong } = await raw();
    for (const path of ['/mooring.identity.v2.IdentityService/GetIdentity', `${PATH}Twice`, '/x', '//']) {
      const error = await sendWrong(path, Buffer.alloc(0));
      expect([error.error, error.cause]).toEqual(['ServiceUnavailable', expect.objectContaining({ code: 12 })]);
    }
  });
});

describe('a message that cannot be read', () => {
  it('is answered with DeserializationError', async () => {
    const { sendWrong } = await raw();
    expect(await sendWrong(PATH, Buffer.from('0affffff7f', 'hex'))).toMatchObject({ error: 'DeserializationError' });
  });

  it('never ends a server, whatever it holds', async () => {
    const { send } = await raw();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        await send(PATH, bytes).catch((error: ServiceError) => expect(errorFrom(error, 'x').status).toBe(400));
      }),
    );
    await send(PATH, GetIdentityRequest.encode(request('d1')).finish());
  });
});

describe('the health check', () => {
  const check = async ({ send }: Awaited<ReturnType<typeof raw>>, service: string) => {
    const bytes = health.HealthCheckRequest.encode({ service }).finish();
    return health.HealthCheckResponse.decode(await send(health.HealthService.check.path, bytes)).status;
  };
  const { SERVING, NOT_SERVING } = health.HealthCheckResponse_ServingStatus;

  it('tells of the process and of each contract whether it is served', async () => {
    let ready = true;
    const peer = await raw({ isReady: () => ready });
    const both = ['', 'mooring.identity.v1.IdentityService'];
    expect(await Promise.all(both.map((service) => check(peer, service)))).toEqual([SERVING, SERVING]);
    ready = false;
    expect(await Promise.all(both.map((service) => check(peer, service)))).toEqual([NOT_SERVING, NOT_SERVING]);
    await expect(check(peer, 'mooring.twin.v1.TwinService')).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it('does not serve Watch, which the protocol allows', async () => {
    const { send } = await raw();
    const watching = send('/grpc.health.v1.Health/Watch', Buffer.alloc(0));
    await expect(watching).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });
});

describe('interceptors', () => {
  it('carry headers from a client to a server, and stand around the call on both sides', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const seen: string[] = [];
    const context = new AsyncLocalStorage<string | undefined>();
    const outgoing: RpcInterceptor = async ({ service, method, headers }, next) => {
      headers['traceparent'] = traceparent;
      seen.push(`client ${service}/${method}`);
      try {
        return await next();
      } finally {
        seen.push('client end');
      }
    };
    const incoming: RpcInterceptor = ({ service, method, headers }, next) => {
      seen.push(`server ${service}/${method}`);
      return context.run(headers['traceparent'], next);
    };
    const { address } = await bench.serve(
      {
        getIdentity: async (received) => {
          seen.push(`within ${context.getStore()}`);
          return implementation().getIdentity(received);
        },
      },
      { interceptors: [incoming] },
    );
    const { service } = await bench.client([address], { interceptors: [outgoing] });
    await service.getIdentity(request('d1'));
    const call = 'mooring.identity.v1.IdentityService/GetIdentity';
    expect(seen).toEqual([`client ${call}`, `server ${call}`, `within ${traceparent}`, 'client end']);
  });
});

describe('metrics', () => {
  it('count calls by service, method and status on both sides, of all clients and servers of a process together', async () => {
    const metrics = createMetrics();
    const { address } = await bench.serve({ getStatistics: () => Promise.reject(new Error()) }, { metrics });
    const other = await bench.serve({}, { metrics });
    const { service } = await bench.client([address], { metrics });
    await service.getIdentity(request('d1'));
    await (await bench.client([other.address], { metrics })).service.getIdentity(request('d1'));
    await expect(service.getStatistics({})).rejects.toThrow();
    const text = await metrics.metrics();
    for (const side of ['client', 'server']) {
      const labels = (method: string) => `service="mooring.identity.v1.IdentityService",method="${method}"`;
      const name = `mooring_rpc_${side}`;
      expect(text).toContain(`${name}_calls_total{${labels('GetIdentity')},code="OK"} 2`);
      expect(text).toContain(`${name}_calls_total{${labels('GetStatistics')},code="INTERNAL"} 1`);
      expect(text).toContain(`${name}_call_duration_seconds_count{${labels('GetIdentity')}} 2`);
      expect(text).toContain(`${name}_calls_in_progress{service="mooring.identity.v1.IdentityService"} 0`);
    }
  });
});
