import type { Throttle, Throttles } from '@mooring/throttling';
import { unavailable } from '../device-session/admission-refused.js';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import { OrderedAdmission } from './ordered-admission.js';

/** The limits that bind devices, whatever their protocol. There is one only where the hub throttles. */
export class DeviceThrottles {
  readonly telemetry: Throttle;
  /** Of requests for messages in protocols where a device asks for each. */
  readonly receives: Throttle;
  readonly methods: Throttle;
  private readonly connections: Throttle;
  private readonly reads: Throttle;
  private readonly updates: Throttle;
  private readonly twinOperations = new OrderedAdmission();

  constructor(throttles: Throttles) {
    this.telemetry = throttles.get('d2c-sends');
    this.receives = throttles.get('c2d-receives');
    this.methods = throttles.get('direct-methods');
    this.connections = throttles.get('device-connections');
    this.reads = throttles.get('twin-reads');
    this.updates = throttles.get('twin-updates');
  }

  /** Resolves when an identity that has proven itself may connect. @throws AdmissionRefused */
  async connect({ name }: DeviceIdentity): Promise<void> {
    await this.connections.admit(name).catch((error: unknown) => {
      throw unavailable('throttled', error);
    });
  }

  /** Those of an identity go on in the order in which they were asked for. @throws HubError `ThrottlingException` */
  twin({ name }: DeviceIdentity, operation: 'get' | 'patch'): Promise<void> {
    return this.twinOperations.admit(name, operation === 'get' ? this.reads : this.updates);
  }
}
