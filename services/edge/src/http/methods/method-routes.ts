import { isUtf8 } from 'node:buffer';
import { type DirectMethods, methodCallFrom, methodResultText } from '@mooring/direct-methods';
import { HubError } from '@mooring/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { identityInPath, known } from '../request/caller-identity.js';
import { deviceRequest } from '../request/device-request.js';

const PATHS = ['/twins/:deviceId/methods', '/twins/:deviceId/modules/:moduleId/methods'];

/** Methods that a module calls on its own device, or on the modules of that. */
export function methodRoutes(server: FastifyInstance, methods: DirectMethods): void {
  for (const path of PATHS) {
    server.post(path, { config: { operation: 'method', caller: 'module' } }, (request, reply) =>
      invoke(request, reply, methods),
    );
  }
}

async function invoke(request: FastifyRequest, reply: FastifyReply, methods: DirectMethods): Promise<FastifyReply> {
  const { admission, release } = deviceRequest(request);
  const { deviceId, moduleId } = known(identityInPath(Object(request.params)));
  const { identity: caller } = await admission.current();
  if (deviceId !== caller.deviceId) {
    throw new HubError('IotHubUnauthorizedAccess', 'A module calls methods of its own device only.');
  }
  const call = methodCallFrom({ deviceId, moduleId }, textOf(request.body));
  // It may take minutes, and is bounded with all other calls.
  release();
  const result = await methods.invoke({ ...call, signal: callerGone(reply) });
  return reply.code(200).type('application/json; charset=utf-8').send(methodResultText(result));
}

function textOf(body: unknown): string {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new HubError('ArgumentNull', 'The request needs a JSON body.');
  }
  if (!isUtf8(body)) {
    throw new HubError('DeserializationError', 'The body is not UTF-8.');
  }
  return body.toString();
}

/** Aborted if the client closes the connection before it has its answer. */
function callerGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const abort = () => gone.abort(new HubError('InvalidOperation', 'The client did not wait for its answer.'));
  if (raw.destroyed) {
    abort();
  } else {
    raw.once('close', () => {
      if (!raw.writableEnded) {
        abort();
      }
    });
  }
  return gone.signal;
}
