import type { Logger } from '@mooring/observability';
import type { LoggerService } from '@nestjs/common';

/** Lets Nest write to the hub's log; its notes on routes and modules matter to a developer only. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...context: readonly unknown[]): void {
    this.logger.debug({ context: context.at(-1) }, String(message));
  }

  warn(message: unknown, ...context: readonly unknown[]): void {
    this.logger.warn({ context: context.at(-1) }, String(message));
  }

  error(message: unknown, ...context: readonly unknown[]): void {
    this.logger.error({ context: context.at(-1), err: message }, 'The web framework reports an error');
  }
}
