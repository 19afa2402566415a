import type { monitoring } from '@mooring/proto';
import type { Admission } from '../device-session/live/live-connection.js';

/** Identities that are remembered between two rounds; of more the activity is told with a later one. */
const MAX_IDENTITIES = 500_000;

/** When identities were last heard of that hold no connection: each single request notes it, and it is collected in rounds. */
export class RequestActivity {
  private heardOf = new Map<string, monitoring.Activity>();

  /** @param timeMs milliseconds since the Unix epoch */
  heard({ identity, generationId }: Admission, timeMs: number): void {
    const { name, deviceId, moduleId } = identity;
    if (this.heardOf.size < MAX_IDENTITIES || this.heardOf.has(name)) {
      this.heardOf.set(name, { key: { deviceId, moduleId }, generationId, timeMs });
    }
  }

  /** What was noted since it was last asked, by name of the identity. */
  take(): ReadonlyMap<string, monitoring.Activity> {
    const taken = this.heardOf;
    this.heardOf = new Map();
    return taken;
  }
}
