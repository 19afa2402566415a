import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';
import type { ServiceCalls } from '../spec-support/fake-services.js';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

const FEEDBACK = '/messages/serviceBound/feedback';
const LOCK = '00010203-0405-0607-0809-0a0b0c0d0e0f';
const TOKEN = Buffer.from(LOCK.replaceAll('-', ''), 'hex');

const services: ServiceCalls = {};
let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { services });
});
afterAll(() => api.close());

describe('feedback', () => {
  it('is received with its lock', async () => {
    const record = {
      originalMessageId: 'm1',
      enqueuedTimeMs: Date.UTC(2024, 6, 7, 9),
      statusCode: 'Success',
      description: 'Success',
      deviceId: 'd',
      moduleId: '',
      deviceGenerationId: '638',
    };
    const receiveFeedback = jest.fn<c2dqueue.C2dQueueService['receiveFeedback']>(async () => ({
      lockToken: TOKEN,
      enqueuedTimeMs: Date.UTC(2024, 6, 7, 10),
      deliveryCount: 2,
      records: [record, { ...record, moduleId: 'm' }],
    }));
    services.c2dQueue = { receiveFeedback };
    const response = await api.request({ url: `/messages/servicebound/feedback?${VERSION}` });
    expect(receiveFeedback).toHaveBeenCalledWith({ lockMs: 0 });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      etag: `"${LOCK}"`,
      'content-type': 'application/vnd.microsoft.iothub.feedback.json',
      'iothub-enqueuedtime': '2024-07-07T10:00:00.000Z',
      'iothub-deliverycount': '2',
    });
    const told = {
      originalMessageId: 'm1',
      enqueuedTimeUtc: '2024-07-07T09:00:00.000Z',
      statusCode: 'Success',
      description: 'Success',
      deviceId: 'd',
      deviceGenerationId: '638',
    };
    expect(JSON.parse(response.body)).toEqual([told, { ...told, moduleId: 'm' }]);
  });

  it('may be none', async () => {
    services.c2dQueue = { receiveFeedback: async () => c2dqueue.ReceiveFeedbackResponse.fromPartial({}) };
    const response = await api.request({ url: `${FEEDBACK}?${VERSION}` });
    expect([response.statusCode, response.body, response.headers.etag]).toEqual([204, '', undefined]);
  });

  it.each([
    ['DELETE', LOCK, c2dqueue.Outcome.COMPLETE],
    ['DELETE', `%22${LOCK}%22`, undefined],
    ['POST', `${LOCK}/abandon`, c2dqueue.Outcome.ABANDON],
    ['DELETE', 'nonsense', undefined],
    ['POST', `${LOCK}0/abandon`, undefined],
  ] as const)('is settled by %s %s', async (method, path, outcome) => {
    const settleFeedback = jest.fn<c2dqueue.C2dQueueService['settleFeedback']>(async () => ({}));
    services.c2dQueue = { settleFeedback };
    const response = await api.request({ method, url: `${FEEDBACK}/${path}?${VERSION}` });
    if (outcome === undefined) {
      expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([412, 'DeviceMessageLockLost']);
      expect(settleFeedback).not.toHaveBeenCalled();
    } else {
      expect([response.statusCode, response.body]).toEqual([204, '']);
      expect(settleFeedback).toHaveBeenCalledWith({ lockToken: TOKEN, outcome });
    }
  });

  it('whose lock is lost is not settled', async () => {
    const lost = new HubError('DeviceMessageLockLost', 'x');
    services.c2dQueue = { settleFeedback: () => Promise.reject(lost) };
    const response = await api.request({ method: 'DELETE', url: `${FEEDBACK}/${LOCK}?${VERSION}` });
    expect(response.statusCode).toBe(412);
  });
});
