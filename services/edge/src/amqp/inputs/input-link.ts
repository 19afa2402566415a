import { DeviceSource } from '../device/device-link.js';

/**
 * The hub's end of a link on which a module waits for what outputs of others are routed to. Only IoT Edge has such routes:
 * nothing ever comes, but Node's client would end its connection if the link were refused.
 */
export class InputLink extends DeviceSource {
  sendable(): void {
    // There is nothing to send.
  }

  resume(): void {
    // There is nothing to send.
  }
}
