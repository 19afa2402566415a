import { publishPacket, subscribePacket } from '@mooring/test-wire/mqtt';
import { type Cast, deviceToken, token } from '../../harness/cast.js';
import type { Attempt, Outcome } from '../../trials/trial.js';
import { AmqpIntruder, type LinkAddress } from '../../wire/amqp-login.js';
import { exchangeHttp, type HttpRequest, requestBytes } from '../../wire/http-exchange.js';
import { afterConnectAs, type Identity } from '../../wire/mqtt-exchange.js';

/** Who tries what is another's. */
export interface Actor {
  readonly name: string;
  /** What its token lets it be; undefined for those that no protocol of devices admits. */
  identity(attempt: Attempt): Identity;
  /** Its genuine token. */
  token(attempt: Attempt): string;
}

export const DEVICE: Actor = {
  name: 'a device',
  identity: ({ stage, attacker }) => ({ clientId: attacker.deviceId, password: deviceToken(stage.cast, attacker) }),
  token: ({ stage, attacker }) => deviceToken(stage.cast, attacker),
};

export const MODULE: Actor = {
  name: 'a module',
  identity: ({ stage: { cast } }) => ({ clientId: 'victim/m', password: moduleToken(cast) }),
  token: ({ stage: { cast } }) => moduleToken(cast),
};

function moduleToken({ host, keys }: Cast): string {
  return token({ resource: `${host}/devices/victim/modules/m`, key: keys.module });
}

export function publishAs(actor: Actor, attempt: Attempt, topic: string): Promise<Outcome> {
  return afterConnectAs(attempt, actor.identity(attempt), publishPacket({ topic, payload: Buffer.from('cross') }));
}

export function subscribeAs(actor: Actor, attempt: Attempt, filter: string): Promise<Outcome> {
  return afterConnectAs(attempt, actor.identity(attempt), subscribePacket([[filter, 1]]));
}

/** Puts a genuine token, and asks for a link. */
export async function attachWith(attempt: Attempt, genuine: string, link: LinkAddress): Promise<Outcome> {
  const intruder = await AmqpIntruder.anonymous(attempt);
  try {
    await intruder.put(attempt.stage.cast.host, genuine);
    return await intruder.attach(link);
  } finally {
    intruder.close();
  }
}

export function askWith(attempt: Attempt, genuine: string, request: HttpRequest): Promise<Outcome> {
  const headers = [...(request.headers ?? []), ['Authorization', genuine] as const];
  return exchangeHttp(attempt, requestBytes(attempt.stage.cast.host, { ...request, headers }));
}
