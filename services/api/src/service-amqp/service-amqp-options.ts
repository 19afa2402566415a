import type { Clock } from '@mooring/clock';
import type { Logger, Metrics } from '@mooring/observability';
import type { c2dqueue } from '@mooring/proto';
import type { DailyQuota, Throttles } from '@mooring/throttling';
import type { BearerTokens } from '../auth/bearer/bearer-tokens.js';
import type { PolicyDirectory } from '../auth/policy-directory.js';
import type { EventHubAddress } from './events/event-hub-redirect.js';

export interface ServiceAmqpOptions {
  readonly c2dQueue: Pick<c2dqueue.C2dQueueService, 'enqueue' | 'receiveFeedback' | 'settleFeedback'>;
  readonly policies: Pick<PolicyDirectory, 'find'>;
  readonly bearerTokens: BearerTokens;
  /** Names that the hub is called by: a token must have been signed for one of them. */
  readonly hostnames: readonly string[];
  /** Given as the user of feedback: the first label of the hub's name, as Azure has it. */
  readonly hubName: string;
  /** How long feedback is locked for who receives it. */
  readonly feedbackLockMs: number;
  /** Where who asks the hub for events is sent on to. */
  readonly eventHub: EventHubAddress;
  /** Undefined if there is no daily quota. */
  readonly quota?: DailyQuota | undefined;
  /** Undefined if nothing is throttled. */
  readonly throttles?: Throttles | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
