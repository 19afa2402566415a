import { isHubError } from '@mooring/errors';
import type { Operation, OperationRecorder } from '@mooring/operations';
import { MAX_NAME_LENGTH, type MethodCall } from './method-call.js';
import type { MethodReply } from './method-reply.js';

/** Longest description that a record takes. */
const MAX_DESCRIPTION_LENGTH = 1_024;

/** Writes what came of calls into the operation records: never a payload. */
export class MethodRecords {
  constructor(private readonly operations: Pick<OperationRecorder, 'record'>) {}

  succeeded(call: MethodCall, { status }: MethodReply, durationMs: number): void {
    this.record(call, durationMs, { level: 'Information' }, { status: String(status) });
  }

  cancelled(call: MethodCall, durationMs: number): void {
    this.record(call, durationMs, { level: 'Warning', resultDescription: 'The caller did not wait for the answer.' });
  }

  failed(call: MethodCall, error: unknown, durationMs: number): void {
    if (isHubError(error)) {
      const { code, message, trackingId } = error;
      const resultDescription = message.slice(0, MAX_DESCRIPTION_LENGTH);
      this.record(call, durationMs, { level: 'Error', resultType: String(code), resultDescription }, { trackingId });
    } else {
      this.record(call, durationMs, { level: 'Error', resultType: '500001' });
    }
  }

  private record(
    { key: { deviceId, moduleId }, methodName }: MethodCall,
    durationMs: number,
    result: Pick<Operation, 'level' | 'resultType' | 'resultDescription'>,
    properties: Readonly<Record<string, string>> = {},
  ): void {
    this.operations.record({
      category: 'DirectMethods',
      operationName: 'invokeMethod',
      deviceId,
      ...(moduleId === '' ? {} : { moduleId }),
      durationMs,
      ...result,
      properties: { methodName: methodName.slice(0, MAX_NAME_LENGTH), ...properties },
    });
  }
}
