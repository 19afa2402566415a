import type { Client as ServiceClient } from 'azure-iothub';

export interface Feedback {
  readonly originalMessageId: string;
  readonly statusCode: string;
  readonly deviceId: string;
}

/** Takes in the feedback that the SDK receives and completes; `close` stops that. */
export async function collectFeedback(service: ServiceClient) {
  const records: Feedback[] = [];
  const receiver = await new Promise<ServiceClient.ServiceReceiver>((resolve, reject) =>
    service.getFeedbackReceiver((error, found) => (error || !found ? reject(error) : resolve(found))),
  );
  receiver.on('message', (message: { data: Feedback[] | Buffer }) => {
    const data = Buffer.isBuffer(message.data) ? (JSON.parse(message.data.toString()) as Feedback[]) : message.data;
    records.push(...data);
    void receiver.complete(message as never);
  });
  return { records, close: () => receiver.removeAllListeners() };
}
