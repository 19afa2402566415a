import type { OutboxEvent } from '@mooring/outbox';

/** Names of the operations that change twins, as Azure spells them. */
export type TwinOperation = 'updateTwin' | 'replaceTwin';

/** That a twin changed, for whoever routes it. */
export interface TwinChange extends OutboxEvent {
  readonly kind: 'change';
  readonly operation: TwinOperation;
  readonly generation: string;
  /** JSON, in the form of Azure's notification. */
  readonly body: string;
}

/** That desired properties changed, for the device. */
export interface DesiredChange extends OutboxEvent {
  readonly kind: 'desired';
  readonly generation: string;
  /** Of the desired properties, after this change. */
  readonly version: number;
  /** The patch as JSON, with its `$version`. */
  readonly body: string;
}

/** What happened to a twin and is not told yet; it waits in the twin's document. */
export type TwinEvent = TwinChange | DesiredChange;
