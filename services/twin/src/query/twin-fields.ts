import type { StoredField } from '@mooring/query';
import { storedKey } from '../domain/user-keys.js';
import { storedTime } from './twin-times.js';

export type TwinSource = 'devices' | 'modules';

/** Longer paths are not looked up in the store. */
const MAX_PATH = 1_000;

const same = (path: string): StoredField => ({ path, form: 'same' });
const text = (path: string): StoredField => ({ path, form: 'text' });
const time = (path: string): StoredField => ({ path, form: storedTime });

/** What the registry and others know of a device or module, as a whole twin shows it (see domain/twin-json.ts). */
const FIELDS: Readonly<Record<string, StoredField>> = {
  etag: same('etag'),
  deviceEtag: same('identity.etag'),
  version: same('twinVersion'),
  status: same('identity.status'),
  statusReason: text('identity.statusReason'),
  statusUpdateTime: time('identity.statusUpdatedTime'),
  connectionState: same('connection.state'),
  lastActivityTime: time('connection.lastActivityTime'),
  cloudToDeviceMessageCount: same('messageCount'),
  authenticationType: same('identity.authenticationType'),
  'x509Thumbprint.primaryThumbprint': text('identity.primaryThumbprint'),
  'x509Thumbprint.secondaryThumbprint': text('identity.secondaryThumbprint'),
  modelId: text('modelId'),
  deviceScope: text('identity.deviceScope'),
  'properties.desired.$version': same('desiredVersion'),
  'properties.reported.$version': same('reportedVersion'),
};

const OF_SOURCE: Readonly<Record<TwinSource, Readonly<Record<string, StoredField>>>> = {
  devices: { deviceId: same('_id'), 'capabilities.iotEdge': same('identity.iotEdge') },
  modules: { deviceId: same('moduleOf'), moduleId: same('moduleId') },
};

/** Properties that show times. */
export function isTime(names: readonly string[]): boolean {
  return names.length === 1 && (names[0] === 'statusUpdateTime' || names[0] === 'lastActivityTime');
}

/** Where the store has a property of twins; undefined for what only the twin as a whole tells. */
export function twinField(source: TwinSource, names: readonly string[]): StoredField | undefined {
  const [section, second] = names;
  if (section === 'tags') {
    return userField('tags', names.slice(1));
  }
  if (section === 'properties' && (second === 'desired' || second === 'reported') && !isAdded(names[2])) {
    return userField(second, names.slice(2));
  }
  const name = names.join('.');
  return own(OF_SOURCE[source], name) ?? own(FIELDS, name);
}

function userField(section: string, keys: readonly string[]): StoredField | undefined {
  const [first] = keys;
  if (first === undefined || !keys.every(isUserKey)) {
    return undefined;
  }
  const stored = keys.map(storedKey);
  const path = [section, ...stored].join('.');
  return path.length > MAX_PATH ? undefined : { path, form: 'same', anyFrom: `${section}.${storedKey(first)}` };
}

/** `$version` and `$metadata`, which the hub adds to properties. */
function isAdded(name: string | undefined): boolean {
  return name?.startsWith('$') ?? false;
}

/** Whether a key of a user may be so called, and the store can be asked for it. */
function isUserKey(key: string): boolean {
  return key !== '' && key.isWellFormed() && !/^\$|[.\0]/.test(key);
}

function own(fields: Readonly<Record<string, StoredField>>, name: string): StoredField | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
