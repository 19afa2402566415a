/** The event log cannot do what was asked: an unknown topic, a closed log, a directory in use, a batch that was given up. */
export class EventLogError extends Error {
  override readonly name = 'EventLogError';
}
