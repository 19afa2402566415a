import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Agent, createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority, issueCertificate } from '@mooring/certificates';
import { exportJWK, SignJWT } from 'jose';

export const AUDIENCE = 'https://iothubs.azure.net';

interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** An OpenID Connect issuer on the loopback interface, over HTTPS with an authority of its own. */
export class TestIssuer {
  readonly requests: string[] = [];
  /** In place of what it would answer, by path. */
  readonly answers = new Map<string, { readonly status: number; readonly body: string }>();
  private keys: SigningKey[] = [signingKey('first')];

  private constructor(
    private readonly server: Server,
    /** Trusts the issuer's authority. */
    readonly agent: Agent,
  ) {
    server.on('request', (request, response) => {
      const path = request.url ?? '';
      this.requests.push(path);
      const special = this.answers.get(path);
      const answer = special === undefined ? this.answer(path) : Promise.resolve(special);
      answer.then(({ status, body }) => response.writeHead(status).end(body)).catch(() => response.destroy());
    });
  }

  static async start(): Promise<TestIssuer> {
    const now = Date.now();
    const authority = await createAuthority('issuer test', now);
    const { chain, key } = await issueCertificate(authority, {
      commonName: 'localhost',
      names: ['localhost', '127.0.0.1'],
      usages: ['server'],
      now,
    });
    const server = createServer({ cert: chain, key });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TestIssuer(server, new Agent({ ca: authority.pem }));
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}/tenant`;
  }

  /** From now on tokens are signed with another key. */
  rotate(id: string): void {
    this.keys = [signingKey(id)];
  }

  /** A token as it should be, but for what the payload says. */
  async token(payload: Readonly<Record<string, unknown>> = {}, nowMs = Date.now()): Promise<string> {
    const [key] = this.keys;
    if (key === undefined) {
      throw new Error('The issuer has no key');
    }
    const now = Math.floor(nowMs / 1000);
    const claims = { iss: this.url, aud: AUDIENCE, iat: now, exp: now + 600, roles: ['ServiceConnect'], ...payload };
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: key.id }).sign(key.privateKey);
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(path: string): Promise<{ status: number; body: string }> {
    switch (path) {
      case '/tenant/.well-known/openid-configuration':
        return ok({ issuer: this.url, jwks_uri: `${this.url}/keys` });
      case '/tenant/keys':
        return ok({ keys: await Promise.all(this.keys.map(publicJwk)) });
      default:
        return { status: 404, body: '' };
    }
  }
}

function signingKey(id: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { id, privateKey, publicKey };
}

async function publicJwk({ id, publicKey }: SigningKey): Promise<object> {
  return { ...(await exportJWK(publicKey)), kid: id, alg: 'ES256', use: 'sig' };
}

function ok(body: object): { status: number; body: string } {
  return { status: 200, body: JSON.stringify(body) };
}
