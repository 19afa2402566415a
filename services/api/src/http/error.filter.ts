import type { Clock } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CLOCK, LOGGER } from '../injection-tokens.js';
import { sendError } from './send-error.js';

/** Answers every error of a route, of a hook and of the framework in the form that SDKs read. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(LOGGER) readonly logger: Logger,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const context = host.switchToHttp();
    sendError(thrown, context.getRequest<FastifyRequest>(), context.getResponse<FastifyReply>(), this);
  }
}
