import { beforeAll, describe, expect, it } from '@jest/globals';
import { PORT, RawConnection } from '@mooring/test-wire';
import { BAD_IDS, BAD_REQUESTS, BAD_WIRE, type BadRequest } from './hostile/http-attacks.js';
import { assemble, type Cast, token } from './support/cast.js';
import { expectHttpError } from './support/http-error.js';
import { type Answer, call } from './support/https.js';
import { underSiege, withstandsSiege } from './support/siege.js';

describe('a hub that is sent bad HTTP', () => {
  const siege = underSiege(() => ({}));
  let cast: Cast;
  beforeAll(async () => {
    cast = await assemble(siege);
  });

  async function send({ method = 'GET', path, body, headers, authorization }: BadRequest): Promise<Answer> {
    const credentials = authorization?.(cast);
    siege.keepSecret(decodeURIComponent(/sig=([\w%]+)/.exec(credentials ?? '')?.[1] ?? ''));
    return call(siege.hub, {
      method,
      path,
      ...(body === undefined ? {} : { body: body() }),
      headers: { ...headers, ...(credentials === undefined ? {} : { authorization: credentials }) },
    });
  }

  describe('answers in the form of errors', () => {
    it.each(BAD_REQUESTS)('%s: %s', async (_, error, request) => {
      expectHttpError(await send(request), error);
    });
  });

  describe.each(['GET', 'PUT', 'DELETE'])('finds by %s no device of the id', (method) => {
    it.each(BAD_IDS)('%s', async (_, id, error) => {
      const headers = method === 'DELETE' ? { 'if-match': '*' } : {};
      const body = method === 'PUT' ? { body: () => '{}' } : {};
      expectHttpError(await send({ method, path: `/devices/${id}?api-version=2021-04-12`, headers, ...body }), error);
    });
  });

  it('takes a device for no other because of what is in it', async () => {
    const body = () =>
      '{"deviceId":"odd","status":"enabled","etag":7,"more":{"deep":[[[]]]},"connectionState":"Connected"}';
    const answer = await send({ method: 'PUT', path: '/devices/odd?api-version=2021-04-12', body });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ deviceId: 'odd', connectionState: 'Disconnected' });
  });

  describe('answers on the wire, and closes the connection', () => {
    it.each(BAD_WIRE)('%s with %s', async (_, status, request) => {
      const connection = await RawConnection.secure(siege.hub, PORT.https);
      connection.send(
        request(
          siege.hub.host,
          token({ resource: cast.host, key: cast.policyKeys['iothubowner'] ?? '', policy: 'iothubowner' }),
        ),
      );
      const answer = (await connection.untilClosed()).toString('latin1');
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    });
  });

  withstandsSiege(siege);
});
