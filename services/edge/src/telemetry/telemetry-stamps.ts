import { ANNOTATION, MESSAGE_SOURCE, type MutableHeaders, newHeaders } from '@mooring/messages';
import type { Admission } from '../device-session/live/live-connection.js';

/** What the hub says of every telemetry message of one connection; made once for each. */
export class TelemetryStamps {
  private readonly deviceId: string;
  private readonly moduleId: string;
  private readonly authMethod: string;
  private readonly generationId: string;

  constructor(
    { identity, authenticated, generationId }: Admission,
    /** Model id that the device announced; undefined if none. */
    private readonly modelId: string | undefined,
  ) {
    this.deviceId = identity.deviceId;
    this.moduleId = identity.moduleId;
    this.authMethod = authenticated.method;
    this.generationId = generationId;
  }

  /** @param receivedAt milliseconds since the Unix epoch */
  headers(receivedAt: number): MutableHeaders {
    const headers = newHeaders();
    headers[ANNOTATION.deviceId] = this.deviceId;
    if (this.moduleId !== '') {
      headers[ANNOTATION.moduleId] = this.moduleId;
    }
    headers[ANNOTATION.authMethod] = this.authMethod;
    headers[ANNOTATION.generationId] = this.generationId;
    headers[ANNOTATION.enqueuedTime] = isoTime(receivedAt);
    headers[ANNOTATION.messageSource] = MESSAGE_SOURCE.telemetry;
    if (this.modelId !== undefined) {
      headers[ANNOTATION.dataSchema] = this.modelId;
    }
    return headers;
  }
}

let lastTime = Number.NaN;
let lastText = '';

/** Many messages come in one millisecond. */
function isoTime(time: number): string {
  if (time !== lastTime) {
    lastTime = time;
    lastText = new Date(time).toISOString();
  }
  return lastText;
}
