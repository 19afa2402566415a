import { HubError } from '@mooring/errors';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Argument of a route: a signal that is aborted if the client closes the connection before it has its answer. */
export const CallerGone = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
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
});
