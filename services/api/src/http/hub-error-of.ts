import { type ErrorName, HubError, isHubError } from '@mooring/errors';
import { HttpException } from '@nestjs/common';

/** What the framework refuses, by the status that it would answer. */
const ERROR_BY_STATUS: Readonly<Record<number, ErrorName>> = {
  404: 'ResourceNotFound',
  405: 'MethodNotAllowed',
  413: 'MessageTooLarge',
  415: 'UnsupportedMediaType',
};
/** Fastify's codes that tell more than the status. */
const ERROR_BY_CODE: Readonly<Record<string, ErrorName>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'DeserializationError',
};
/** Said instead of the framework's own text, which quotes the request. */
const TEXTS: Partial<Record<ErrorName, string>> = {
  ResourceNotFound: 'There is no such resource.',
  DeserializationError: 'The body is not JSON.',
  UnsupportedMediaType: 'The body must be application/json.',
  MessageTooLarge: 'The body is too large.',
};

/** The error that a client is told of for whatever was thrown; what it must not know is in `cause` only. */
export function hubErrorOf(thrown: unknown): HubError {
  if (isHubError(thrown)) {
    return thrown;
  }
  const status = statusOf(thrown);
  if (status === undefined || status < 400 || status >= 500) {
    return new HubError('ServerError', 'An internal error occurred.', { cause: thrown });
  }
  const error = ERROR_BY_CODE[codeOf(thrown)] ?? ERROR_BY_STATUS[status] ?? 'ArgumentInvalid';
  return new HubError(error, TEXTS[error] ?? 'The request is malformed.', { cause: thrown });
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) {
    return thrown.getStatus();
  }
  return isFastifyError(thrown) ? thrown.statusCode : undefined;
}

function codeOf(thrown: unknown): string {
  // Nest wraps Fastify's errors and keeps them as the cause.
  const source = thrown instanceof HttpException ? thrown.cause : thrown;
  return isFastifyError(source) ? source.code : '';
}

function isFastifyError(thrown: unknown): thrown is Error & { code: string; statusCode: number } {
  return thrown instanceof Error && thrown.name === 'FastifyError' && 'statusCode' in thrown && 'code' in thrown;
}
