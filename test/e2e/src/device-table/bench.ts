import { type TestAuthority, testAuthority } from '@mooring/test-wire';
import { collectFeedback } from '../both-directions/feedback.js';
import { type Subject, subjectOf } from '../both-directions/subject.js';
import { EventCollector } from '../support/event-collector.js';
import { putCertificate } from '../support/management.js';
import type { RunningHub } from '../support/stores.js';

/** A hub, and what all cells of the table share. */
export interface TableBench extends Subject {
  readonly collector: EventCollector;
  readonly feedback: Awaited<ReturnType<typeof collectFeedback>>;
  /** Registered with the hub. */
  readonly authority: TestAuthority;
}

export async function openBench(hub: RunningHub): Promise<TableBench> {
  const subject = subjectOf(hub);
  await subject.service.open();
  const authority = await testAuthority('factory');
  await putCertificate(hub, 'factory', authority.pem);
  const feedback = await collectFeedback(subject.service);
  return { ...subject, authority, feedback, collector: EventCollector.open(hub) };
}

export async function closeBench({ collector, feedback, service, hub }: TableBench): Promise<void> {
  feedback.close();
  await collector.close();
  await service.close();
  await hub.close();
}
