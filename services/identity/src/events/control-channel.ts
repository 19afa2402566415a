import type { EventLog } from '@mooring/event-log';
import type { Channel } from '@mooring/outbox';
import { control } from '@mooring/proto';
import type { CredentialsChange, PendingEvent } from '../domain/pending-event.js';
import { controlRecord } from './control-record.js';

const REASON: Readonly<Record<CredentialsChange, control.CredentialsChanged_Reason>> = {
  deleted: control.CredentialsChanged_Reason.DELETED,
  disabled: control.CredentialsChanged_Reason.DISABLED,
  rekeyed: control.CredentialsChanged_Reason.REKEYED,
  admitted: control.CredentialsChanged_Reason.ADMITTED,
};

/** Broadcasts what edges and others must know at once. */
export class ControlChannel implements Channel<PendingEvent> {
  readonly name = 'control';

  constructor(
    private readonly log: EventLog,
    private readonly topic: string,
  ) {}

  accepts(event: PendingEvent): boolean {
    return event.kind === 'credentials' || event.kind === 'policies' || event.kind === 'certificates';
  }

  async deliver(documentId: string, events: readonly PendingEvent[]): Promise<void> {
    const records = events
      .map((event) => toControlEvent(documentId, event))
      .filter((event) => event !== undefined)
      .map((event) => controlRecord(documentId, event));
    await this.log.appender(this.topic).appendAll(records);
  }
}

function toControlEvent(documentId: string, event: PendingEvent): control.ControlEvent | undefined {
  switch (event.kind) {
    case 'credentials': {
      const { moduleId, generation, credentialsVersion, change } = event;
      return {
        timeMs: event.time,
        event: {
          $case: 'credentialsChanged',
          value: {
            deviceId: documentId,
            moduleId,
            generationId: generation,
            version: credentialsVersion,
            reason: REASON[change],
          },
        },
      };
    }
    case 'policies':
      return { timeMs: event.time, event: { $case: 'policiesChanged', value: {} } };
    case 'certificates':
      return { timeMs: event.time, event: { $case: 'certificatesChanged', value: {} } };
    default:
      return undefined;
  }
}
