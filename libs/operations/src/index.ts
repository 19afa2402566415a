export { OPERATION_CATEGORIES, type OperationRecord, operationRecordSchema } from './operation-record.js';
export { type Operation, OperationRecorder, type OperationRecorderOptions } from './operation-recorder.js';
