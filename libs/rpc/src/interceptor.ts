/** One call, as interceptors see it. */
export interface RpcCall {
  /** `mooring.identity.v1.IdentityService` */
  readonly service: string;
  /** `GetIdentity` */
  readonly method: string;
  /**
   * What travels beside the message, e.g. W3C `traceparent`. A client's interceptor adds to it before `next()`; a server's
   * reads what came. Names are lower case, values visible ASCII.
   */
  readonly headers: Record<string, string>;
}

/**
 * Stands around each call, at a client around all attempts of it: runs `next` once, perhaps in a context of its own, and
 * gives back what it gives.
 */
export type RpcInterceptor = <T>(call: RpcCall, next: () => Promise<T>) => Promise<T>;

/** Runs `action` inside the interceptors, the first outermost. */
export function intercepted<T>(
  interceptors: readonly RpcInterceptor[],
  call: RpcCall,
  action: () => Promise<T>,
): Promise<T> {
  return interceptors.reduceRight<() => Promise<T>>((next, interceptor) => () => interceptor(call, next), action)();
}
