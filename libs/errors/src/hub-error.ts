import { ERROR_CATALOGUE, type ErrorName } from './catalogue.js';
import { newTrackingId } from './tracking-id.js';

/** An error that a client is told of, in its protocol's own form. `message` says what is wrong and what to do. */
export class HubError extends Error {
  override readonly name = 'HubError';
  /** Found in the log beside what happened, and in the answer. */
  readonly trackingId: string;
  /** When a client may come again, in whole seconds; undefined where the error does not depend on that. */
  readonly retryAfterSeconds: number | undefined;

  /**
   * @param error the row of the catalogue, e.g. `DeviceNotFound`
   * @param message for the client; never holds a secret
   */
  constructor(
    readonly error: ErrorName,
    message: string,
    options?: { cause?: unknown; trackingId?: string; retryAfterSeconds?: number },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.trackingId = options?.trackingId ?? newTrackingId();
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }

  /** Azure's number for the error, e.g. 404001. */
  get code(): number {
    return ERROR_CATALOGUE[this.error].code;
  }

  /** The HTTP status that carries the error. */
  get status(): number {
    return ERROR_CATALOGUE[this.error].status;
  }

  /** The AMQP condition that stands for the error on links and in outcomes. */
  get condition(): string {
    return ERROR_CATALOGUE[this.error].condition;
  }
}

/** Tells a HubError from any other, also across copies of this library. */
export function isHubError(error: unknown): error is HubError {
  return error instanceof HubError || (error instanceof Error && error.name === 'HubError' && 'error' in error);
}
