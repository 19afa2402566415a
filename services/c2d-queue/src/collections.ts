import type { Collection, DocumentStore } from '@mooring/document-store';
import { FEEDBACK_INDEXES, type FeedbackDocument } from './feedback/feedback-record.js';
import { HEAD_INDEXES, type HeadRecord } from './queue/head-record.js';
import { BODY_INDEXES, type BodyRecord } from './store/body-store.js';

export interface Collections {
  readonly heads: Collection<HeadRecord>;
  readonly bodies: Collection<BodyRecord>;
  readonly feedback: Collection<FeedbackDocument>;
}

/** Collections of c2d-queue; nobody else reads or writes them. */
export async function openCollections(store: DocumentStore): Promise<Collections> {
  const [heads, bodies, feedback] = await Promise.all([
    store.collection<HeadRecord>({ name: 'c2d', indexes: HEAD_INDEXES }),
    store.collection<BodyRecord>({ name: 'c2dMessages', indexes: BODY_INDEXES }),
    store.collection<FeedbackDocument>({ name: 'feedback', indexes: FEEDBACK_INDEXES }),
  ]);
  return { heads, bodies, feedback };
}
