import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';
import type { SessionWrite } from '../admission/sessions.js';
import type { Subscription } from '../domain/session.js';

/** @throws HubError `ArgumentInvalid` */
export function fromSessionWrite({ key, generationId, session, discard }: identity.SessionWrite): SessionWrite {
  const { epoch = 0, subscriptions = {} } = session ?? {};
  return {
    key: key ?? { deviceId: '', moduleId: '' },
    session: {
      generation: generationId,
      epoch,
      subscriptions: discard ? [] : Object.entries(subscriptions).map(([filter, qos]) => ({ filter, qos: toQos(qos) })),
      discarded: discard,
    },
  };
}

function toQos(qos: number): Subscription['qos'] {
  if (qos !== 0 && qos !== 1) {
    throw new HubError('ArgumentInvalid', 'A subscription is kept with QoS 0 or 1.');
  }
  return qos;
}
