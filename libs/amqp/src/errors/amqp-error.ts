import { isHubError, newTrackingId } from '@mooring/errors';

/**
 * An error as links, sessions and connections carry it [AMQP 2.8.14]. `info` is always there: Azure's clients read
 * `com.microsoft:tracking-id` and `com.microsoft:error-code` from it, and Python's fail without a map.
 */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
  readonly info: Readonly<Record<string, unknown>>;
}

/** A refusal with a condition that no row of the hub's error catalogue has. */
export class LinkError extends Error {
  override readonly name = 'LinkError';

  /** @param condition an AMQP condition, e.g. `amqp:link:stolen` */
  constructor(
    readonly condition: string,
    message: string,
    readonly info: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/**
 * What a client is told of an error; of one that is not meant for it, only a tracking id. What is in that form already stays
 * as it is, so that the tracking id that was logged is the one that the client gets.
 */
export function toAmqpError(error: unknown): AmqpError {
  if (isAmqpError(error)) {
    return error;
  }
  if (isHubError(error)) {
    const info = { 'com.microsoft:tracking-id': error.trackingId, 'com.microsoft:error-code': error.code };
    return { condition: error.condition, description: error.message, info };
  }
  const trackingId = newTrackingId();
  if (error instanceof LinkError) {
    const info = { 'com.microsoft:tracking-id': trackingId, ...error.info };
    return { condition: error.condition, description: error.message, info };
  }
  return {
    condition: 'amqp:internal-error',
    description: `The hub failed; see its log for ${trackingId}.`,
    info: { 'com.microsoft:tracking-id': trackingId },
  };
}

/** Whether an error was made for clients; any other is a fault of the hub and belongs in its log. */
export function isMeantForClients(error: unknown): boolean {
  return isHubError(error) || error instanceof LinkError;
}

function isAmqpError(error: unknown): error is AmqpError {
  return typeof error === 'object' && error !== null && !(error instanceof Error) && 'condition' in error;
}
