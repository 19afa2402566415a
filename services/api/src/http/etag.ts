import { HubError } from '@mooring/errors';
import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';

/** What an entity tag of ours, or of a client's imagination, may look like without its quotes. */
const ETAG = /^(?:\*|[\x21\x23-\x2b\x2d-\x7e]{1,256})$/;

/** Sets the ETag header where the answer has an `etag`. */
@Injectable()
export class EtagInterceptor implements NestInterceptor<unknown, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(
      tap((body) => {
        if (typeof body === 'object' && body !== null && 'etag' in body && typeof body.etag === 'string') {
          context.switchToHttp().getResponse<FastifyReply>().header('ETag', `"${body.etag}"`);
        }
      }),
    );
  }
}

/** An entity tag as users write it, quoted or not, without its quotes; undefined if it is malformed. */
export function unquotedEtag(text: string): string | undefined {
  const trimmed = text.trim();
  const etag = /^"(.*)"$/.exec(trimmed)?.[1] ?? trimmed;
  return ETAG.test(etag) ? etag : undefined;
}

/** Argument of a route: its If-Match header, `*` or one entity tag without its quotes; empty if there is none. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const header = ifMatchHeader(context);
  return header === undefined ? '' : readIfMatch(header);
});

/** As `IfMatch`, where nothing is done without the header. */
export const RequiredIfMatch = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const header = ifMatchHeader(context);
  if (header === undefined) {
    throw new HubError('ArgumentNull', 'If-Match is needed: an entity tag, or * for whatever is there.');
  }
  return readIfMatch(header);
});

function ifMatchHeader(context: ExecutionContext): string | undefined {
  return context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
}

function readIfMatch(header: string): string {
  const etag = unquotedEtag(header);
  if (etag === undefined) {
    throw new HubError('ArgumentInvalid', 'If-Match must hold one entity tag or *.');
  }
  return etag;
}
