import type { DataFolder } from './data-folder.js';

export const CONNECTION_STRING = 'connection-string';
export const EVENT_HUBS_CONNECTION_STRING = 'event-hubs-connection-string';

/** Name of the built-in endpoint for Event Hubs clients. */
const ENTITY_PATH = 'events';

/** A shared access policy that the connection strings are made of. */
export interface PolicyKey {
  readonly name: string;
  /** Base64. */
  readonly primaryKey: string;
}

/** Writes the owner's connection strings: one for service SDKs, one for Event Hubs clients. */
export function writeConnectionStrings(folder: DataFolder, hostname: string, { name, primaryKey }: PolicyKey): void {
  folder.writeSecret(
    CONNECTION_STRING,
    `HostName=${hostname};SharedAccessKeyName=${name};SharedAccessKey=${primaryKey}\n`,
  );
  folder.writeSecret(
    EVENT_HUBS_CONNECTION_STRING,
    `Endpoint=sb://${hostname}/;SharedAccessKeyName=${name};SharedAccessKey=${primaryKey};EntityPath=${ENTITY_PATH}\n`,
  );
}
