/**
 * A connection that is not admitted. `unauthorized`: the client has to change something; `unavailable`: it may try again as
 * it is.
 */
export class AdmissionRefused extends Error {
  override readonly name = 'AdmissionRefused';

  constructor(
    readonly kind: 'unauthorized' | 'unavailable',
    /** For metrics and logs; one of few, never made of what the client sent. */
    readonly reason: string,
    cause?: unknown,
  ) {
    super(`not admitted: ${reason}`, cause === undefined ? undefined : { cause });
  }
}

export function unauthorized(reason: string): AdmissionRefused {
  return new AdmissionRefused('unauthorized', reason);
}

export function unavailable(reason: string, cause?: unknown): AdmissionRefused {
  return new AdmissionRefused('unavailable', reason, cause);
}
