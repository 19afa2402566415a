import { expect } from '@jest/globals';
import type { Answer } from './https.js';

export type HttpError = readonly [status: number, code: string];

const TRACKING_ID = /^[0-9A-F]{32}$/;
const EXCEPTION = /^Tracking ID:[0-9A-F]{32}-TimeStamp:\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/;

/** The one form of errors, which SDKs read. */
export function expectHttpError(answer: Answer, error: HttpError): void {
  expectError(answer, error);
  expect(JSON.parse(answer.body).Message).toMatch(new RegExp(`^ErrorCode:${error[1]};.+`));
}

/** That of direct methods: its message is JSON text. */
export function expectJsonError(answer: Answer, error: HttpError, errorCode: number): void {
  expectError(answer, error);
  expect(JSON.parse(JSON.parse(answer.body).Message)).toEqual({
    errorCode,
    trackingId: expect.stringMatching(TRACKING_ID),
    message: expect.stringMatching(/.+/),
    timestampUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/),
  });
}

function expectError({ status, headers, body }: Answer, [expected, code]: HttpError): void {
  expect([status, headers['iothub-errorcode']]).toEqual([expected, code]);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(headers['x-ms-request-id']).toMatch(TRACKING_ID);
  expect(JSON.parse(body)).toEqual({
    Message: expect.any(String),
    ExceptionMessage: expect.stringMatching(EXCEPTION),
  });
}
