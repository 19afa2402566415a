import { isHubError } from '@mooring/errors';
import { Counter, Gauge, type Metrics } from '@mooring/observability';
import type { PushOutcome } from './events/push-round.js';

/** What is counted when it is asked for. */
export interface TwinGauges {
  /** Twins with events that are on their way, or just told. */
  readonly pending: () => number;
  /** Changes that wait to be written. */
  readonly waiting: () => number;
}

/** What the twin service measures. */
export class TwinMetrics {
  private readonly calls: Counter<'operation' | 'outcome'>;
  private readonly patches: Counter<'outcome'>;
  private readonly writes: Counter<'outcome'>;
  private readonly pushes: Counter<'outcome'>;

  constructor(registry: Metrics, { pending, waiting }: TwinGauges) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'mooring_twin_calls_total',
      help: 'Calls of the twin contract, by operation and outcome (ok, or the name of the error).',
      labelNames: ['operation', 'outcome'],
      registers,
    });
    this.patches = new Counter({
      name: 'mooring_twin_reported_patches_total',
      help: 'Patches of reported properties, by outcome (ok, or the name of the error).',
      labelNames: ['outcome'],
      registers,
    });
    this.writes = new Counter({
      name: 'mooring_twin_writes_total',
      help: 'Twins that were written, or refused because somebody else wrote first: then they are read and written again.',
      labelNames: ['outcome'],
      registers,
    });
    this.pushes = new Counter({
      name: 'mooring_twin_desired_pushes_total',
      help: 'Desired changes: delivered to their devices, not-subscribed, offline, or given-up.',
      labelNames: ['outcome'],
      registers,
    });
    new Gauge({
      name: 'mooring_twin_pending_twins',
      help: 'Twins with events that are on their way, or just told.',
      registers,
      collect() {
        this.set(pending());
      },
    });
    new Gauge({
      name: 'mooring_twin_waiting_changes',
      help: 'Changes that wait to be written.',
      registers,
      collect() {
        this.set(waiting());
      },
    });
  }

  ended(operation: string, error?: unknown): void {
    this.calls.inc({ operation, outcome: error === undefined ? 'ok' : outcomeOf(error) });
  }

  patched(error?: unknown): void {
    this.patches.inc({ outcome: error === undefined ? 'ok' : outcomeOf(error) });
  }

  wrote(written: number, refused: number): void {
    this.writes.inc({ outcome: 'written' }, written);
    this.writes.inc({ outcome: 'refused' }, refused);
  }

  pushed(outcome: PushOutcome, changes: number): void {
    this.pushes.inc({ outcome }, changes);
  }
}

function outcomeOf(error: unknown): string {
  return isHubError(error) ? error.error : 'ServerError';
}
