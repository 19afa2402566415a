import type { FastifyRequest } from 'fastify';

const callers = new WeakMap<FastifyRequest, string>();

export function rememberCaller(request: FastifyRequest, subject: string): void {
  callers.set(request, subject);
}

/** Who was given the token that a request came with; all are one where none was needed. */
export function callerOf(request: FastifyRequest): string {
  return callers.get(request) ?? '';
}
