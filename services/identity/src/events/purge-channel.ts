import type { Collection } from '@mooring/document-store';
import type { Channel } from '@mooring/outbox';
import type { PendingEvent, PurgeSessionsEvent } from '../domain/pending-event.js';
import { getManyById } from '../store/get-many.js';
import type { SessionRecord } from '../store/session-record.js';

/**
 * Removes the sessions of identities that are gone. Nothing relies on it but the size of the store: a session of another
 * generation counts as none.
 */
export class PurgeChannel implements Channel<PendingEvent> {
  readonly name = 'purge';

  constructor(private readonly sessions: Collection<SessionRecord>) {}

  accepts(event: PendingEvent): event is PurgeSessionsEvent {
    return event.kind === 'purge';
  }

  async deliver(_documentId: string, events: readonly PendingEvent[]): Promise<void> {
    const gone = events.filter((event) => this.accepts(event)).flatMap(({ sessions }) => sessions);
    const stored = await getManyById(
      this.sessions,
      gone.map(({ id }) => id),
    );
    const outdated = gone
      .map(({ id, generation }) => ({ record: stored.get(id), generation }))
      .flatMap(({ record, generation }) => (record?.generation === generation ? [record] : []));
    if (outdated.length > 0) {
      // Refused where someone wrote it meanwhile: then it is of another generation.
      await this.sessions.bulk(
        outdated.map(({ _id, version }) => ({ kind: 'delete', id: _id, condition: { version } })),
      );
    }
  }
}
