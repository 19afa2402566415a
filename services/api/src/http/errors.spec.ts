import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERROR_CATALOGUE, type ErrorName, HubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

const DEVICE = `/devices/d1?${VERSION}`;
const BODY_LIMIT = 4096;
const logged: { level: string; fields: object }[] = [];
const log = (level: string) => (fields: object) => void logged.push({ level, fields });
const logger: Logger = {
  trace: log('trace'),
  debug: log('debug'),
  info: log('info'),
  warn: log('warn'),
  error: log('error'),
  fatal: log('fatal'),
  child: () => logger,
};

let thrown: unknown;
let api: TestApi;

beforeAll(async () => {
  const getIdentity = async (): Promise<never> => {
    throw thrown;
  };
  api = await startApi({ getIdentity }, { maxBodyBytes: BODY_LIMIT, logger });
});
afterAll(() => api.close());

describe('errors of the hub', () => {
  it.each(Object.keys(ERROR_CATALOGUE) as ErrorName[])('%s is answered in the form that SDKs read', async (name) => {
    const error = new HubError(name, 'Because of d1.');
    thrown = error;
    const response = await api.request({ url: DEVICE });
    expect(response.statusCode).toBe(ERROR_CATALOGUE[name].status);
    expect(response.headers['iothub-errorcode']).toBe(name);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.headers['x-ms-request-id']).toMatch(/^[0-9A-F]{32}$/);
    expect(response.json()).toEqual({
      Message: `ErrorCode:${name};Because of d1.`,
      ExceptionMessage: `Tracking ID:${error.trackingId}-TimeStamp:07/07/2024 10:00:00`,
    });
  });

  it.each([
    ['an error', new Error('mongodb://user:secret@store')],
    ['a text', 'secret'],
    ['nothing', undefined],
    ['an object of its own', { statusCode: 404, message: 'secret' }],
  ])('%s of another kind says nothing of itself, but is logged', async (_kind, error) => {
    thrown = error;
    logged.length = 0;
    const response = await api.request({ url: DEVICE });
    expect(response.statusCode).toBe(500);
    expect(response.headers['iothub-errorcode']).toBe('ServerError');
    expect(response.body).not.toContain('secret');
    const trackingId = /Tracking ID:([0-9A-F]{32})-/.exec(response.body)?.[1];
    expect(logged).toContainEqual({ level: 'error', fields: expect.objectContaining({ trackingId }) });
  });
});

describe('errors of the framework', () => {
  const json = { 'content-type': 'application/json' };
  const deep = '['.repeat(BODY_LIMIT / 2);

  it.each([
    ['an unknown path', { url: '/nowhere' }, 404, 'ResourceNotFound'],
    ['an unknown method', { method: 'PATCH', url: DEVICE, headers: {} }, 404, 'ResourceNotFound'],
    ['an empty id', { url: `/devices//modules?${VERSION}` }, 404, 'ResourceNotFound'],
    ['a malformed escape', { url: `/devices/%zz?${VERSION}` }, 400, 'ArgumentInvalid'],
    ['an escape that is not UTF-8', { url: `/devices/%ff?${VERSION}` }, 400, 'ArgumentInvalid'],
    ['an endless id', { url: `/devices/${'x'.repeat(5000)}?${VERSION}` }, 400, 'ArgumentInvalid'],
    ['no JSON', { method: 'PUT', url: DEVICE, headers: json, payload: '{"a"' }, 400, 'DeserializationError'],
    ['a depth bomb', { method: 'PUT', url: DEVICE, headers: json, payload: deep }, 400, 'DeserializationError'],
    [
      'a prototype',
      { method: 'PUT', url: DEVICE, headers: json, payload: '{"status":"enabled","__proto__":{"x":1}}' },
      400,
      'DeserializationError',
    ],
    [
      'a hidden prototype',
      { method: 'PUT', url: DEVICE, headers: json, payload: '{"authentication":{"\\u005f_proto__":{}}}' },
      400,
      'DeserializationError',
    ],
    ['an empty body', { method: 'PUT', url: DEVICE, headers: json, payload: '' }, 400, 'ArgumentNull'],
    ['null', { method: 'PUT', url: DEVICE, headers: json, payload: 'null' }, 400, 'ArgumentNull'],
    [
      'too much',
      { method: 'PUT', url: DEVICE, headers: json, payload: JSON.stringify('x'.repeat(BODY_LIMIT)) },
      413,
      'MessageTooLarge',
    ],
    [
      'another media type',
      { method: 'PUT', url: DEVICE, headers: { 'content-type': 'text/plain' }, payload: '{}' },
      415,
      'UnsupportedMediaType',
    ],
    [
      'a malformed media type',
      { method: 'PUT', url: DEVICE, headers: { 'content-type': 'application/jsonx' }, payload: '{}' },
      415,
      'UnsupportedMediaType',
    ],
  ] as const)('%s is refused in the same form', async (_case, request, status, name) => {
    const response = await api.request(request);
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([status, name]);
    expect(response.json().Message).toMatch(new RegExp(`^ErrorCode:${name};.`));
    expect(response.headers['x-ms-request-id']).toMatch(/^[0-9A-F]{32}$/);
  });
});
