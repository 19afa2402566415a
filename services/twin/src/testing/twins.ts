import { twinOf } from '../domain/new-twin.js';
import type { Twin } from '../domain/twin.js';

/** A twin that nobody has changed yet. */
export function newTwinForTests(): Twin {
  const copy = {
    revision: 1,
    etag: 'AAA=',
    status: 'enabled' as const,
    statusReason: '',
    statusUpdatedTime: 0,
    authenticationType: 'sas' as const,
    primaryThumbprint: '',
    secondaryThumbprint: '',
    iotEdge: false,
    deviceScope: '',
    parentScopes: [],
  };
  return twinOf(undefined, { owner: { deviceId: 'd', moduleId: '', generation: 'g1' }, copy }, Date.UTC(2026, 0, 1));
}
