import type { AttachRequest } from '@mooring/amqp';

const MODEL_ID = 'com.microsoft:model-id';
const MAX_MODEL_ID_LENGTH = 2_048;

/** The model that a device names, which it may do on each of its links. */
export function modelIdOf({ properties }: AttachRequest): string | undefined {
  const modelId = properties.get(MODEL_ID);
  return typeof modelId === 'string' && modelId !== '' && modelId.length <= MAX_MODEL_ID_LENGTH ? modelId : undefined;
}
