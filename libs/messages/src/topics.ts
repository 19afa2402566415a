import type { TopicSpec } from '@mooring/event-log';

/** Names of the hub's topics in the event log. */
export interface HubTopics {
  /** All that can be routed, keyed by device id. */
  readonly ingress: string;
  /** The built-in endpoint. */
  readonly events: string;
  readonly operations: string;
  /** Broadcast between the hub's processes. */
  readonly control: string;
  /** What services that keep copies must read anew (see change-notice.ts), keyed by device id. */
  readonly changes: string;
  /** All of them, for `EventLog.ensureTopics`. */
  readonly specs: readonly TopicSpec[];
}

/** Broadcasts matter for seconds; an hour of them helps whoever looks into an incident. */
const CONTROL_RETENTION_MS = 60 * 60 * 1000;

/**
 * The hub's topics.
 * @param prefix `mooring` unless set otherwise
 * @param partitions of the topics keyed by device; fixed for their life
 * @param retentionMs of ingress, events and operations
 */
export function hubTopics(prefix: string, partitions: number, retentionMs: number): HubTopics {
  const ingress = `${prefix}.ingress`;
  const events = `${prefix}.events`;
  const operations = `${prefix}.operations`;
  const control = `${prefix}.control`;
  const changes = `${prefix}.changes`;
  return {
    ingress,
    events,
    operations,
    control,
    changes,
    specs: [
      { name: ingress, partitions, retentionMs },
      { name: events, partitions, retentionMs },
      { name: operations, partitions, retentionMs },
      { name: changes, partitions, retentionMs },
      { name: control, partitions: 1, retentionMs: CONTROL_RETENTION_MS },
    ],
  };
}
