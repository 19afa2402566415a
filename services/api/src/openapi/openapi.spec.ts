import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startApi, type TestApi } from '../spec-support/test-api.js';

interface Operation {
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

let api: TestApi;
let document: Document;

beforeAll(async () => {
  api = await startApi();
  const response = await api.request({ url: '/openapi.json', headers: { authorization: undefined } });
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
  document = response.json();
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(document as unknown as Record<string, unknown>);
    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('holds every route, each with its security and the form of its errors', () => {
    const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'DELETE /devices/{deviceId}',
      'DELETE /devices/{deviceId}/commands',
      'DELETE /devices/{deviceId}/modules/{moduleId}',
      'DELETE /devices/{deviceId}/modules/{moduleId}/commands',
      'DELETE /management/certificates/{name}',
      'DELETE /management/policies/{name}',
      'DELETE /messages/serviceBound/feedback/{lock}',
      'GET /devices',
      'GET /devices/{deviceId}',
      'GET /devices/{deviceId}/modules',
      'GET /devices/{deviceId}/modules/{moduleId}',
      'GET /management/certificates',
      'GET /management/certificates/{name}',
      'GET /management/operations',
      'GET /management/policies',
      'GET /management/policies/{name}',
      'GET /messages/serviceBound/feedback',
      'GET /statistics/devices',
      'GET /statistics/service',
      'GET /twins/{deviceId}',
      'GET /twins/{deviceId}/modules/{moduleId}',
      'PATCH /twins/{deviceId}',
      'PATCH /twins/{deviceId}/modules/{moduleId}',
      'POST /devices',
      'POST /devices/query',
      'POST /devices/{deviceId}/messages/deviceBound',
      'POST /devices/{deviceId}/modules/{moduleId}/messages/deviceBound',
      'POST /messages/serviceBound/feedback/{lock}/abandon',
      'POST /twins/{deviceId}/methods',
      'POST /twins/{deviceId}/modules/{moduleId}/methods',
      'PUT /devices/{deviceId}',
      'PUT /devices/{deviceId}/modules/{moduleId}',
      'PUT /management/certificates/{name}',
      'PUT /management/policies/{name}',
      'PUT /twins/{deviceId}',
      'PUT /twins/{deviceId}/modules/{moduleId}',
    ]);
    for (const operation of Object.values(document.paths).flatMap((operations) => Object.values(operations))) {
      expect(operation.security).toEqual([{ sharedAccessSignature: [] }]);
      expect(operation.responses).toHaveProperty('default');
    }
  });

  it('describes what a client may send: words with their spelling, lists with their limits', () => {
    const { DeviceInput, ExportImportDevice } = document.components.schemas;
    expect(DeviceInput).toMatchObject({ type: 'object', properties: { deviceId: expect.anything() } });
    expect(JSON.stringify(DeviceInput)).toContain('"enum":["sas","selfSigned","certificateAuthority","none"]');
    expect(ExportImportDevice?.['required']).toEqual(['id']);
  });
});
