import { AZURE_EVENT_HUBS } from './azure-event-hubs.js';
import { AZURE_IOT_DEVICE } from './azure-iot-device.js';
import { AZURE_IOTHUB } from './azure-iothub.js';

/** All that a client of an official SDK sent on one connection to a hub, signatures of tokens blanked. */
export interface Recording {
  readonly client: string;
  /** Protocol headers and frames. */
  readonly frames: readonly Buffer[];
}

export const RECORDINGS: readonly Recording[] = [
  recording('azure-iot-device', AZURE_IOT_DEVICE),
  recording('azure-iothub', AZURE_IOTHUB),
  recording('@azure/event-hubs', AZURE_EVENT_HUBS),
];

function recording(client: string, frames: readonly string[]): Recording {
  return { client, frames: frames.map((frame) => Buffer.from(frame, 'base64')) };
}
