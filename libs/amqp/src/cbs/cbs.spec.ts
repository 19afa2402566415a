import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import rhea, { type Connection, type EventContext, type Message, type Receiver, type Sender } from 'rhea';
import type { LinkHandler } from '../links/link-handler.js';
import { once, TestServer, type TestServerOptions } from '../testing/test-server.js';
import type { TokenAuthority, TokenClaims, TokenRequest } from './token-authority.js';

interface Claims extends TokenClaims {
  readonly name: string;
}

/** Takes tokens of the form `name:seconds from now`. */
class Authority implements TokenAuthority {
  revoked = '';
  last: TokenRequest | undefined;

  constructor(private readonly clock: ManualClock) {}

  matches({ audience }: { audience: string }): boolean {
    return audience !== 'foreign';
  }

  async authorise(request: TokenRequest): Promise<Claims> {
    this.last = request;
    const [name, seconds] = request.token.split(':');
    if (name === undefined || name === 'bad') {
      throw new HubError('IotHubUnauthorized', 'Bad token.');
    }
    const expiresAt = this.clock.now() + Number(seconds) * 1000;
    return { name, expiresAt, stillGood: async () => this.revoked !== name };
  }
}

const guarded: LinkHandler = {
  matches: (address) => address.startsWith('for-'),
  attach: async (request) => {
    request.authorise((claims) => `for-${(claims as Claims).name}` === request.address);
    return { kind: 'source', opened: () => undefined, sendable: () => undefined, closed: () => undefined };
  },
};

describe('claims-based security', () => {
  const clock = new ManualClock();
  const authority = new Authority(clock);
  let server: TestServer;

  afterEach(() => server.stop());

  async function client(options: Partial<TestServerOptions> = {}): Promise<Cbs> {
    server = await TestServer.start({ clock, handlers: [guarded], authorities: [authority], ...options });
    return Cbs.open(server.connect());
  }

  const statusOf = async (cbs: Cbs, put: PutToken) => {
    const { application_properties: properties } = await cbs.put(put);
    return properties?.['status-code'] as number;
  };

  it('accepts a put-token, then replies to it', async () => {
    const cbs = await client();
    const reply = await cbs.put({ audience: 'a', token: 'ann:60' });
    expect(reply['application_properties']).toEqual({ 'status-code': 200, 'status-description': 'OK' });
    expect(reply['correlation_id']).toBe('id-1');
    expect(cbs.order).toEqual(['on_disposition', 'on_transfer']);
  });

  it.each([
    ['string', 'text', 'text'],
    ['ulong', rhea.types.wrap_ulong(7), 7],
    ['uuid', rhea.types.wrap_uuid(Buffer.alloc(16, 5)), Buffer.alloc(16, 5)],
    ['binary', rhea.types.wrap_binary(Buffer.alloc(3, 5)), Buffer.alloc(3, 5)],
  ])('gives a message-id of type %s back as correlation-id of that type', async (_, id, expected) => {
    const cbs = await client();
    const reply = await cbs.put({ audience: 'a', token: 'ann:60', id });
    expect(reply['correlation_id']).toEqual(expected);
  });

  it('refuses a bad token, another authority, an unknown type of token and another operation', async () => {
    const cbs = await client();
    const statusOf = async (put: Partial<PutToken>) =>
      (await cbs.put({ audience: 'a', token: 'ann:60', ...put }))['application_properties']?.['status-code'];
    expect(await statusOf({ token: 'bad:1' })).toBe(401);
    expect(await statusOf({ audience: 'foreign' })).toBe(401);
    expect(await statusOf({ type: 'servicebus.windows.net:other' })).toBe(401);
    expect(await statusOf({ operation: 'delete-token' })).toBe(400);
    expect(await statusOf({ token: rhea.types.wrap_list([]) })).toBe(400);
    expect(await statusOf({})).toBe(200);
  });

  it.each([
    ['jwt', 'ann:60', 'bearer'],
    ['bearer', 'Bearer ann:60', 'bearer'],
    ['Bearer', 'bearer  ann:60', 'bearer'],
    ['servicebus.windows.net:sastoken', 'Bearer ann:60', 'bearer'],
    ['servicebus.windows.net:sastoken', 'ann:60', 'sas'],
    [rhea.types.wrap_binary(Buffer.from('servicebus.windows.net:sastoken')), 'ann:60', 'sas'],
  ])('tells by the type %p and the token %p that it is %s', async (type, token, kind) => {
    const cbs = await client();
    const reply = await cbs.put({ audience: 'a', token, type });
    expect(reply['application_properties']?.['status-code']).toBe(200);
    expect(authority.last).toMatchObject({ kind, token: 'ann:60', audience: 'a', via: 'cbs' });
  });

  it('admits a link by a token, detaches it at the expiry and lets a renewal carry it on', async () => {
    const cbs = await client();
    await cbs.put({ audience: 'a', token: 'ann:60' });
    await cbs.put({ audience: 'b', token: 'bob:60' });
    const [ann, bob] = [cbs.connection.open_receiver('for-ann'), cbs.connection.open_receiver('for-bob')];
    await Promise.all([once(ann, 'receiver_open'), once(bob, 'receiver_open')]);
    await cbs.put({ audience: 'b', token: 'bob:600' });
    const detached = once(ann, 'receiver_error');
    clock.advance(60_000);
    await detached;
    expect(ann.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
    expect(bob.is_open()).toBe(true);
    const refused = cbs.connection.open_receiver('for-ann');
    await once(refused, 'receiver_error');
    expect(refused.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('detaches what a new token for the same audience does not admit', async () => {
    const cbs = await client();
    await cbs.put({ audience: 'a', token: 'ann:60' });
    const ann = cbs.connection.open_receiver('for-ann');
    await once(ann, 'receiver_open');
    const detached = once(ann, 'receiver_error');
    await cbs.put({ audience: 'a', token: 'bob:60' });
    await detached;
  });

  it('detaches what relies on a token that is good no longer', async () => {
    const cbs = await client();
    await cbs.put({ audience: 'a', token: 'ann:60' });
    const ann = cbs.connection.open_receiver('for-ann');
    await once(ann, 'receiver_open');
    const detached = once(ann, 'receiver_error');
    authority.revoked = 'ann';
    await server.server.reviewTokens();
    await detached;
  });

  it('takes what several authorities say of one token together, and refuses one that none takes', async () => {
    const both = [new Authority(clock), new Authority(clock)];
    const [first, second] = [named('first', both[0]), named('second', both[1])];
    const cbs = await client({ authorities: [first, second] });
    expect(await statusOf(cbs, { audience: 'a', token: 'first:60' })).toBe(200);
    expect(await statusOf(cbs, { audience: 'b', token: 'any:60' })).toBe(200);
    const links = ['for-first', 'for-second'].map((address) => cbs.connection.open_receiver(address));
    await Promise.all(links.map((link) => once(link, 'receiver_open')));
    const reply = await cbs.put({ audience: 'c', token: 'third:60' });
    expect(reply['application_properties']?.['status-code']).toBe(401);
    expect(reply['application_properties']?.['status-description']).toMatch(/not for first.* not for second/);
    const detached = once(links[1] as Receiver, 'receiver_error');
    if (both[1] !== undefined) {
      both[1].revoked = 'any';
    }
    await server.server.reviewTokens();
    await detached;
    expect(links[0]?.is_open()).toBe(true);
  });

  it('says that it cannot judge a token when one of its authorities cannot', async () => {
    const broken: TokenAuthority = {
      matches: () => true,
      authorise: () => Promise.reject(new HubError('ServiceUnavailable', 'Later.')),
    };
    const cbs = await client({ authorities: [authority, broken] });
    expect(await statusOf(cbs, { audience: 'a', token: 'ann:60' })).toBe(503);
  });

  it('takes so many tokens of a connection, which may be renewed, and no more', async () => {
    const cbs = await client({ limits: { maxTokens: 2 } });
    for (const [audience, expected] of [
      ['a', 200],
      ['b', 200],
      ['c', 403],
      ['a', 200],
    ] as const) {
      expect(await statusOf(cbs, { audience, token: 'ann:60' })).toBe(expected);
    }
    clock.advance(60_000);
    expect(await statusOf(cbs, { audience: 'c', token: 'ann:60' })).toBe(200);
  });

  it('takes a token by PLAIN, and closes after one that is refused', async () => {
    server = await TestServer.start({ clock, handlers: [guarded], authorities: [authority] });
    const admitted = server.connect({ username: 'policy@sas.root.hub', password: 'ann:60' });
    await once(admitted.open_receiver('for-ann'), 'receiver_open');
    const refused = server.connect({ username: 'policy@sas.root.hub', password: 'bad:60' });
    await once(refused, 'connection_error');
  });
});

/** Takes tokens of one name, or of anybody as of that name. */
function named(name: string, authority: Authority = new Authority(new ManualClock())): TokenAuthority {
  return {
    matches: () => true,
    authorise: async (request) => {
      if (!request.token.startsWith(`${name}:`) && !request.token.startsWith('any:')) {
        throw new HubError('IotHubUnauthorized', `It is not for ${name}.`);
      }
      return { ...(await authority.authorise(request)), name } as Claims;
    },
  };
}

interface PutToken {
  readonly audience: string;
  readonly token: unknown;
  readonly type?: unknown;
  readonly operation?: string;
  readonly id?: unknown;
}

/** The client's side of `$cbs`. */
class Cbs {
  /** Frames as they came. */
  readonly order: string[] = [];
  private requests = 0;

  private constructor(
    readonly connection: Connection,
    private readonly sender: Sender,
    private readonly receiver: Receiver,
  ) {
    const session = sender.session as unknown as Record<string, (frame: object) => void>;
    for (const name of ['on_disposition', 'on_transfer']) {
      const original = session[name]?.bind(session);
      session[name] = (frame) => {
        this.order.push(name);
        original?.(frame);
      };
    }
  }

  static async open(connection: Connection): Promise<Cbs> {
    const sender = connection.open_sender('$cbs');
    const receiver = connection.open_receiver('$cbs');
    await Promise.all([once(sender, 'sendable'), once(receiver, 'receiver_open')]);
    return new Cbs(connection, sender, receiver);
  }

  async put({ audience, token, type, operation, id }: PutToken): Promise<Message> {
    const replied = once<EventContext>(this.receiver, 'message');
    this.requests++;
    this.sender.send({
      message_id: id ?? `id-${this.requests}`,
      reply_to: 'cbs',
      application_properties: {
        operation: operation ?? 'put-token',
        type: type ?? 'servicebus.windows.net:sastoken',
        name: audience,
      },
      body: token,
    } as unknown as Message);
    return (await replied).message as Message;
  }
}
