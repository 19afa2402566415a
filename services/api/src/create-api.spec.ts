import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { Registry } from 'azure-iothub';
import { RestApiClient } from 'azure-iothub/dist/common-http/rest_api_client.js';
import { type IdentityCalls, storedIdentity } from './spec-support/fake-identity.js';
import { HOST, startApi, type TestApi, VERSION } from './spec-support/test-api.js';

let calls: IdentityCalls;
let api: TestApi;
let server: Server;
let port: number;

beforeEach(async () => {
  calls = {};
  api = await startApi(calls);
  server = createServer(api.front);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await api.close();
});

function get(path: string, agent: Agent): Promise<IncomingMessage & { text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: api.token('iothubowner') };
    const asked = request({ host: '127.0.0.1', port, path, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(Object.assign(response, { text })));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('the API behind a server', () => {
  it('keeps connections alive until it drains', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await get('/openapi.json', agent);
    expect(first.headers.connection).toBe('keep-alive');
    const second = await get('/nowhere', agent);
    expect([second.socket === first.socket, second.statusCode]).toEqual([true, 404]);
    api.drain();
    const answers = [await get('/openapi.json', agent), await get('/nowhere', agent), await get('/%zz', agent)];
    expect(answers.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close']);
    agent.destroy();
  });

  it.each(['.', '..', '%', "!*'()"])('takes the id %p as it is', async (id) => {
    calls.getIdentity = async ({ key }) => ({ identity: storedIdentity(key?.deviceId ?? '') });
    const agent = new Agent();
    const answer = await get(`/devices/${encodeURIComponent(id)}?${VERSION}`, agent);
    expect(JSON.parse(answer.text)).toMatchObject({ deviceId: id });
    agent.destroy();
  });

  it('counts and times requests by route, never by path', async () => {
    const agent = new Agent({ keepAlive: true });
    calls.getIdentity = async ({ key }) => ({ identity: storedIdentity(key?.deviceId ?? '') });
    await get(`/devices/secret-id?${VERSION}`, agent);
    await get('/secret-path', agent);
    const text = await api.metrics.metrics();
    expect(text).toContain('mooring_api_requests_total{route="/devices/:deviceId",method="GET",status="200"} 1');
    expect(text).toContain('mooring_api_requests_total{route="unknown",method="GET",status="404"} 1');
    expect(text).toContain('mooring_api_request_duration_seconds_count{route="/devices/:deviceId",method="GET"} 1');
    expect(text).not.toContain('secret');
    agent.destroy();
  });
});

describe("the service SDK's Registry", () => {
  let agent: Agent;
  let registry: Registry;

  beforeEach(() => {
    // The SDK speaks TLS to port 443 of its host: an agent of ours leads it to the plain test server instead.
    agent = Object.assign(new Agent({ host: '127.0.0.1', port, keepAlive: true }), { protocol: 'https:' });
    const config = { host: HOST, sharedAccessSignature: api.token('iothubowner') };
    const client = new RestApiClient(config, 'test');
    registry = new Registry(config, client);
    client.setOptions({ http: { agent } });
  });
  afterEach(() => agent.destroy());

  it('creates, reads, updates, lists and deletes', async () => {
    calls.putIdentity = async ({ identity }) => ({ identity });
    calls.getIdentity = async () => ({ identity: storedIdentity('d#1') });
    calls.listDevices = async () => ({ devices: [storedIdentity('a'), storedIdentity('b')], nextPageToken: '' });
    calls.deleteIdentity = async () => ({});
    calls.bulkUpdate = async () => ({ errors: [] });
    expect((await registry.create({ deviceId: 'd#1' })).responseBody.deviceId).toBe('d#1');
    expect((await registry.get('d#1')).responseBody.authentication?.symmetricKey?.primaryKey).toMatch(/=$/);
    expect((await registry.update({ deviceId: 'd#1', status: 'disabled' })).responseBody.status).toBe('disabled');
    expect((await registry.list()).responseBody.map(({ deviceId }) => deviceId)).toEqual(['a', 'b']);
    expect((await registry.delete('d#1')).httpResponse?.statusCode).toBe(204);
    expect((await registry.addDevices([{ deviceId: 'd2' }])).responseBody.isSuccessful).toBe(true);
  });

  it.each([
    ['DeviceNotFound', 'DeviceNotFoundError'],
    ['DeviceAlreadyExists', 'DeviceAlreadyExistsError'],
    ['PreconditionFailed', 'InvalidEtagError'],
    ['ArgumentInvalid', 'ArgumentError'],
    ['ThrottlingException', 'ThrottlingError'],
    ['IotHubUnauthorized', 'UnauthorizedError'],
    ['ServerError', 'InternalServerError'],
  ] as const)('reads %s as its %s', async (error, name) => {
    calls.getIdentity = async () => {
      throw new HubError(error, 'As said.');
    };
    await expect(registry.get('d1')).rejects.toMatchObject({ name, message: 'As said.' });
  });
});
