import type { Clock } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { AmqpLimits } from '../amqp-limits.js';
import type { AmqpMetrics } from '../amqp-metrics.js';
import type { TokenAuthority } from '../cbs/token-authority.js';
import type { SessionBudget } from '../guard/session-budget.js';
import type { LinkHandler } from '../links/link-handler.js';

/** What all connections of a server share. */
export interface ServerContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: AmqpLimits;
  readonly metrics: AmqpMetrics;
  readonly sessions: SessionBudget;
  readonly authorities: readonly TokenAuthority[];
  readonly handlers: readonly LinkHandler[];
}
