import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';
import { z } from 'zod';
import { jsonMembers } from './json-members.js';
import type { MethodCall } from './method-call.js';
import type { MethodReply } from './method-reply.js';

/** A call as clients write it; the limits are those of the calls themselves. */
export const methodInputSchema = z.object({
  methodName: z.string(),
  payload: z.unknown().optional(),
  responseTimeoutInSeconds: z.int().nullish(),
  connectTimeoutInSeconds: z.int().nullish(),
});

/** A device's answer as clients read it. */
export const methodResultSchema = z.object({ status: z.int(), payload: z.unknown() });

/**
 * @param text the body of a request; the device gets the payload as it is written there
 * @throws HubError `DeserializationError`, `ArgumentInvalid`
 */
export function methodCallFrom(key: identity.IdentityKey, text: string): MethodCall {
  const members = jsonMembers(text);
  const { methodName, responseTimeoutInSeconds, connectTimeoutInSeconds } = inputFrom(members.value);
  return {
    key,
    methodName,
    payload: members.textOf('payload'),
    responseTimeoutMs: milliseconds(responseTimeoutInSeconds),
    connectTimeoutMs: milliseconds(connectTimeoutInSeconds),
  };
}

function inputFrom(value: object): z.output<typeof methodInputSchema> {
  const result = methodInputSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = issue?.path.join('.') || 'The body';
    throw new HubError('ArgumentInvalid', `${field} is invalid: ${issue?.message ?? 'not what is expected'}.`);
  }
  return result.data;
}

function milliseconds(seconds: number | null | undefined): number | undefined {
  return seconds === null || seconds === undefined ? undefined : seconds * 1_000;
}

export function methodResultText({ status, payload }: MethodReply): string {
  return `{"status":${status},"payload":${payload}}`;
}
