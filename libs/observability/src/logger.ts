import { pino } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * Structured logging: `log.info({ deviceId }, 'what happened')`. Identifiers may be logged; keys, tokens, connection
 * strings and payloads never are.
 */
export interface Logger {
  trace(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  fatal(fields: object, message: string): void;
  child(bindings: object): Logger;
}

/** What is masked wherever it turns up one or two levels deep, should a caller ever log a whole object. */
const SECRET_FIELDS = [
  'password',
  'authorization',
  'Authorization',
  'token',
  'sasToken',
  'signature',
  'key',
  'primaryKey',
  'secondaryKey',
  'connectionString',
  'privateKey',
];

/**
 * A logger that writes one JSON object a line to the standard output.
 * @param process which process writes; a service adds its own name: `child({ service })`
 */
export function createLogger(process: string, level: LogLevel): Logger {
  return pino({
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[secret]' },
  });
}
