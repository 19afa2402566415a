import { c2dqueue } from '@mooring/proto';

/** Receives and completes all the feedback that is there now: message and status code of each record. */
export async function takeFeedback(service: c2dqueue.C2dQueueService): Promise<string[]> {
  const taken: string[] = [];
  for (;;) {
    const { lockToken, records } = await service.receiveFeedback({ lockMs: 0 });
    if (records.length === 0) {
      return taken;
    }
    taken.push(...records.map(({ originalMessageId, statusCode }) => `${originalMessageId} ${statusCode}`));
    await service.settleFeedback({ lockToken, outcome: c2dqueue.Outcome.COMPLETE });
  }
}
