import type { Frame } from '../codec/frame-reader.js';
import { ProtocolError } from '../protocol-error.js';

/** [MQTT-2.2.2-2], [MQTT-3.14.1-1]: a packet that is its fixed header alone, with no flags. */
export function expectEmpty({ type, flags, start, end }: Frame): void {
  if (flags !== 0 || start !== end) {
    throw new ProtocolError(`a malformed packet of type ${type}`);
  }
}
