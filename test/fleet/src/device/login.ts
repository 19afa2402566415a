import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import type { IConnectPacket } from 'mqtt-packet';

export interface Login {
  /** The hub's name. */
  readonly host: string;
  readonly deviceId: string;
  /** Base64. */
  readonly key: string;
}

const TOKEN_SECONDS = 3600;
const KEEP_ALIVE_SECONDS = 60;

/** A token made of the device's key. */
export function loginToken({ host, deviceId, key }: Login): string {
  const se = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
  return createSasToken({ resource: `${host}/devices/${deviceId}`, key: sasKeyFromBase64(key), se });
}

/** CONNECT of a device with a token made of its key, for a persistent session. */
export function loginPacket(login: Login): IConnectPacket {
  const { host, deviceId } = login;
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: false,
    clientId: deviceId,
    keepalive: KEEP_ALIVE_SECONDS,
    username: `${host}/${deviceId}/?api-version=2021-04-12`,
    password: Buffer.from(loginToken(login)),
  };
}
