import type { Settings } from '@mooring/config';
import type { BoundPorts } from '@mooring/listener';
import { CONNECTION_STRING, EVENT_HUBS_CONNECTION_STRING } from './data-folder/connection-strings.js';
import type { DataFolder } from './data-folder/data-folder.js';

export interface Running {
  readonly settings: Settings;
  readonly folder: DataFolder;
  readonly ports: BoundPorts;
  readonly adminPort: number;
  /** Path of the authority that signed the server's certificate, if the hub made it itself. */
  readonly authority: string | undefined;
}

/** What a developer reads who has just started the hub: where it listens, where things lie, how to send a first message. */
export function greeting({ settings, folder, ports, adminPort, authority }: Running): string {
  const { hostname } = settings;
  const stores = [
    settings.kafkaBrokers === undefined ? 'embedded event log' : 'Kafka',
    settings.mongoUrl === undefined ? 'embedded documents' : "MongoDB's protocol",
    settings.redisUrl === undefined ? 'embedded affinity' : 'Redis',
  ];
  const https = ports.https === 443 ? '' : `:${ports.https}`;
  return `
Mooring is ready: ${stores.join(', ')}.

  MQTT over TLS     ${hostname}:${ports.mqtts}
  AMQP over TLS     ${hostname}:${ports.amqps}   (Event Hubs clients)
  HTTPS, WebSocket  ${hostname}:${ports.https}    (REST; ${`https://${hostname}${https}/openapi.json`})
  health, metrics   http://${settings.adminAddress}:${adminPort}/health/ready, /metrics

  service SDKs      ${folder.file(CONNECTION_STRING)}
  Event Hubs        ${folder.file(EVENT_HUBS_CONNECTION_STRING)}
${authority === undefined ? '' : `  certificate authority  ${authority}\n`}
A first message, from a folder with azure-iothub, azure-iot-device and azure-iot-device-mqtt installed:

  NODE_EXTRA_CA_CERTS=${authority ?? 'ca.pem'} node --input-type=module -e "
  import { readFileSync } from 'node:fs';
  import hub from 'azure-iothub';
  import device from 'azure-iot-device';
  import { Mqtt } from 'azure-iot-device-mqtt';
  const owner = readFileSync('${folder.file(CONNECTION_STRING)}', 'utf8').trim();
  const { responseBody } = await hub.Registry.fromConnectionString(owner).create({ deviceId: 'first' });
  const key = responseBody.authentication.symmetricKey.primaryKey;
  const client = device.Client.fromConnectionString('HostName=${hostname};DeviceId=first;SharedAccessKey=' + key, Mqtt);
  await client.open();
  await client.sendEvent(new device.Message('hello'));
  await client.close();"
`;
}
