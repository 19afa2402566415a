import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** SDKs read a body only if it says that it is this. */
const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/** JSON that was written elsewhere, and the headers that go with it. */
export interface RawAnswer {
  readonly json: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with JSON as it is. */
@Injectable()
export class RawAnswerInterceptor implements NestInterceptor<RawAnswer, RawAnswer['json']> {
  intercept(context: ExecutionContext, next: CallHandler<RawAnswer>): Observable<RawAnswer['json']> {
    return next.handle().pipe(
      map(({ json, headers }) => {
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        reply.type(JSON_CONTENT_TYPE).headers({ ...headers });
        return json;
      }),
    );
  }
}
