import { ConfigurationError } from '@mooring/config';
import { SealError } from '@mooring/credentials';
import { DocumentStoreError } from '@mooring/document-store';
import { isHubError } from '@mooring/errors';
import { EventLogError } from '@mooring/event-log';
import { ListenError } from '@mooring/listener';
import { portSetting } from './composition/listener-options.js';

/** What an operator can mend is told in a sentence; anything else with where it came from. */
export function explainFailure(error: unknown): string {
  if (error instanceof ListenError) {
    return `${error.message} Set ${portSetting(error.endpoint)} to another port.`;
  }
  if (error instanceof SealError) {
    return `${error.message} MOORING_SEAL_KEY must name the key that the stores were first used with.`;
  }
  if (
    error instanceof ConfigurationError ||
    error instanceof EventLogError ||
    error instanceof DocumentStoreError ||
    isHubError(error)
  ) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
