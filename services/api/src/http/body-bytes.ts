import { isUtf8 } from 'node:buffer';
import { HubError } from '@mooring/errors';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Argument of a route with the body form `bytes`: its body, which may be empty. */
export const BodyBytes = createParamDecorator((_: unknown, context: ExecutionContext): Buffer => {
  return bytesOf(context) ?? Buffer.alloc(0);
});

/** Argument of a route with the body form `jsonBytes`: its body, not looked at. */
export const JsonBytes = createParamDecorator((_: unknown, context: ExecutionContext): Buffer => required(context));

/** Argument of a route with the body form `jsonBytes`: the text of its body, which may yet be other than JSON. */
export const JsonText = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const bytes = required(context);
  if (!isUtf8(bytes)) {
    throw new HubError('DeserializationError', 'The body is not UTF-8.');
  }
  return bytes.toString();
});

function required(context: ExecutionContext): Buffer {
  const bytes = bytesOf(context);
  if (bytes === undefined) {
    throw new HubError('ArgumentNull', 'The request needs a JSON body.');
  }
  return bytes;
}

function bytesOf(context: ExecutionContext): Buffer | undefined {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  return Buffer.isBuffer(body) ? body : undefined;
}
