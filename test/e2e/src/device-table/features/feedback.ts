import { expect } from '@jest/globals';
import { eventually } from '../../both-directions/eventually.js';
import { enrolled, type Feature } from './feature.js';
import { decided, textMessage } from './messages.js';

/** A batch of feedback goes out when its oldest record is 15 s old. */
const TIMEOUT_MS = 60_000;

export const feedbackFeature = {
  name: 'feedback',
  prove: async (cell) => {
    const { bench, deviceId, transport } = cell;
    const rejects = !transport.name.startsWith('Mqtt');
    const client = await enrolled(cell);
    const received = decided(client, ({ messageId }) => (messageId === 'rejected' ? 'reject' : 'complete'));
    await client.open();
    for (const id of rejects ? ['completed', 'rejected'] : ['completed']) {
      const message = textMessage(id);
      message.ack = 'full';
      await bench.service.send(deviceId, message);
    }
    const count = rejects ? 2 : 1;
    await eventually('the messages', () => received.length === count);
    const records = () => bench.feedback.records.filter((record) => record.deviceId === deviceId);
    await eventually('the feedback', () => records().length === count, TIMEOUT_MS);
    const told = records().map(({ originalMessageId, statusCode }) => `${originalMessageId} ${statusCode}`);
    expect(told.toSorted()).toEqual(rejects ? ['completed Success', 'rejected Rejected'] : ['completed Success']);
  },
} as const satisfies Feature;
