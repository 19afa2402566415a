import { describe, expect, it } from '@jest/globals';
import { AmqpBackEnd } from '../../support/amqp-back-end.js';
import { type Cast, token } from '../../support/cast.js';
import { expectHttpError, expectJsonError, type HttpError } from '../../support/http-error.js';
import { call } from '../../support/https.js';
import { type Attacked, VERSION } from './attacks.js';

const UNAUTHORIZED: HttpError = [401, 'IotHubUnauthorized'];
const NO_RIGHT: HttpError = [401, 'IotHubUnauthorizedAccess'];
const LOCK = '/messages/serviceBound/feedback/00010203-0405-0607-0809-0a0b0c0d0e0f';

const WITHOUT_SERVICE_CONNECT = ['device', 'registryRead', 'registryReadWrite'];
const WITHOUT_REGISTRY_READ = ['device', 'service'];

const ROUTES: readonly (readonly [method: string, path: string, policies: readonly string[]])[] = [
  ...['/twins/victim', '/twins/victim/modules/m'].flatMap((path) => [
    ...['GET', 'PATCH', 'PUT'].map((method) => [method, path, WITHOUT_SERVICE_CONNECT] as const),
    ['POST', `${path}/methods`, WITHOUT_SERVICE_CONNECT] as const,
  ]),
  ['POST', '/devices/query', WITHOUT_REGISTRY_READ],
  ...['/devices/victim', '/devices/victim/modules/m'].flatMap((path) => [
    ['POST', `${path}/messages/deviceBound`, WITHOUT_SERVICE_CONNECT] as const,
    ['DELETE', `${path}/commands`, WITHOUT_SERVICE_CONNECT] as const,
  ]),
  ['GET', '/messages/serviceBound/feedback', WITHOUT_SERVICE_CONNECT],
  ['DELETE', LOCK, WITHOUT_SERVICE_CONNECT],
  ['POST', `${LOCK}/abandon`, WITHOUT_SERVICE_CONNECT],
];

const LINKS: readonly (readonly [address: string, role: 'sender' | 'receiver'])[] = [
  ['/messages/devicebound', 'sender'],
  ['/messages/serviceBound/feedback', 'receiver'],
  ['/messages/serviceBound/filenotifications', 'receiver'],
  ['/messages/events/$management', 'receiver'],
];

const policyToken = ({ host, policyKeys }: Cast, policy: string, resource = host) =>
  token({ resource, key: policyKeys[policy] ?? '', policy });
const deviceToken = ({ host, keys }: Cast) => token({ resource: `${host}/devices/victim`, key: keys.victim });

/** What the route takes, so that the right alone is what is missing. */
function bodyOf(method: string, path: string): string {
  if (method === 'GET' || method === 'DELETE') {
    return '';
  }
  if (path.endsWith('/methods')) {
    return '{"methodName":"m"}';
  }
  return path.endsWith('/query') ? '{"query":"SELECT * FROM devices"}' : '{}';
}

/** Who may not. */
export function rightsAttacks(attacked: () => Attacked): void {
  describe.each(ROUTES)('%s %s', (method, path, policies) => {
    const isMethod = path.endsWith('/methods');
    const body = bodyOf(method, path);

    async function expectRefusal(authorization: string, error: HttpError, code: number): Promise<void> {
      const { siege } = attacked();
      siege.keepSecret(decodeURIComponent(/sig=([\w%]+)/.exec(authorization)?.[1] ?? ''));
      const answer = await call(siege.hub, { method, path: `${path}?${VERSION}`, body, headers: { authorization } });
      if (isMethod) {
        expectJsonError(answer, error, code);
      } else {
        expectHttpError(answer, error);
      }
    }

    it.each(policies)('is refused to the policy %s', (policy) =>
      expectRefusal(policyToken(attacked().cast, policy), NO_RIGHT, 401002),
    );

    it('is refused to a device, to a token for something else, and to nobody', async () => {
      const { cast } = attacked();
      await expectRefusal(deviceToken(cast), UNAUTHORIZED, 401003);
      const elsewhere = policyToken(cast, 'iothubowner', `${cast.host}/devices/other`);
      await expectRefusal(elsewhere, UNAUTHORIZED, 401003);
      await expectRefusal('', UNAUTHORIZED, 401003);
    });
  });

  describe('over AMQP', () => {
    it.each(WITHOUT_SERVICE_CONNECT)('the policy %s is refused with PLAIN', async (policy) => {
      const { siege, cast } = attacked();
      const login = { username: `${policy}@sas.root.hub`, password: policyToken(cast, policy) };
      await expect(AmqpBackEnd.connect(siege.hub, login)).rejects.toThrow();
    });

    it("a policy's token is refused with the name of another", async () => {
      const { siege, cast } = attacked();
      const login = { username: 'iothubowner@sas.root.hub', password: policyToken(cast, 'service') };
      await expect(AmqpBackEnd.connect(siege.hub, login)).rejects.toThrow();
    });

    it.each(LINKS)('%s is refused to a %s that nothing lets', async (address, role) => {
      const { siege, cast } = attacked();
      const backEnd = await AmqpBackEnd.connect(siege.hub);
      const unauthorized = { outcome: 'detached', condition: 'amqp:unauthorized-access' };
      expect(await backEnd.refused(address, role)).toMatchObject(unauthorized);
      expect(await backEnd.putToken(cast.host, policyToken(cast, 'registryReadWrite'))).toBe(401);
      expect(await backEnd.refused(address, role)).toMatchObject(unauthorized);
      backEnd.close();
    });

    it('a token for another part of the hub does not let a link be', async () => {
      const { siege, cast } = attacked();
      const backEnd = await AmqpBackEnd.connect(siege.hub);
      const part = policyToken(cast, 'service', `${cast.host}/messages/serviceBound`);
      expect(await backEnd.putToken(cast.host, part)).toBe(200);
      expect(await backEnd.refused('/messages/devicebound', 'sender')).toMatchObject({
        condition: 'amqp:unauthorized-access',
      });
      backEnd.close();
    });
  });
}
