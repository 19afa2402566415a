import { HubError } from '@mooring/errors';
import { connectionInfo } from '@mooring/listener';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { identityOfRequest, known } from './caller-identity.js';
import { rememberDeviceRequest } from './device-request.js';
import type { HttpContext } from './http-context.js';
import { RequestSlots } from './request-slots.js';

/** Authenticates each request by itself, before anything of its body is read. */
export function admitRequests(server: FastifyInstance, { sessions, activity }: HttpContext): void {
  const slots = new RequestSlots();
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404) {
      return;
    }
    const identity = known(identityOfRequest(request));
    const admission = sessions.beginRequest(identity, {
      token: authorization(request),
      certificates: () => connectionInfo(request.raw).clientCertificates,
    });
    onClose(reply, () => admission.end());
    activity.requested(await admission.current());
    const release = slots.take(identity.name);
    onClose(reply, release);
    rememberDeviceRequest(request, { identity, admission, release });
  });
}

/** Of two, nobody can say which was meant, and what is in front of the hub may have looked at the other. */
function authorization({ headers, raw }: FastifyRequest): string | undefined {
  const names = raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization');
  if (names.length > 1) {
    throw new HubError('ArgumentInvalid', 'A request has one Authorization header.');
  }
  return headers.authorization;
}

/** Whether it was answered or its client has gone. */
function onClose({ raw }: FastifyReply, action: () => void): void {
  if (raw.destroyed || raw.closed) {
    action();
  } else {
    raw.once('close', action);
  }
}
