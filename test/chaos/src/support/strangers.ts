import { type DeviceCredentials, NumberedDevice, type Protocol, registerDevices } from '@mooring/test-fleet';
import { type Cluster, until } from '@mooring/test-parts';

const PROTOCOLS: readonly Protocol[] = ['mqtt', 'amqp', 'https'];
const TIMEOUT_MS = 30_000;

/** Devices, one of each protocol, that are registered and that no edge has seen before. */
export class Strangers {
  private devices: readonly NumberedDevice[] = [];

  private constructor(
    private readonly cluster: Cluster,
    private readonly credentials: readonly DeviceCredentials[],
  ) {}

  static async register(cluster: Cluster): Promise<Strangers> {
    return new Strangers(
      cluster,
      await registerDevices(
        cluster,
        PROTOCOLS.map((protocol) => `stranger-${protocol}`),
      ),
    );
  }

  /** Has them try to connect from now on. */
  connect(): void {
    const { host, ca } = this.cluster;
    this.devices = this.credentials.map(
      (credentials, index) =>
        new NumberedDevice({
          host,
          ca,
          ...credentials,
          protocol: PROTOCOLS[index] ?? 'mqtt',
          inFlight: 1,
          pause: () => 200,
        }),
    );
  }

  /** Those that the hub has taken anything of. */
  get served(): readonly string[] {
    return this.devices.filter(({ acknowledged }) => acknowledged.size > 0).map(({ deviceId }) => deviceId);
  }

  /** Waits until all are served, and ends them. */
  async dismiss(): Promise<void> {
    const isServed = () => this.served.length === PROTOCOLS.length;
    await until(isServed, { what: 'devices that were refused to be served', timeoutMs: TIMEOUT_MS }).finally(() =>
      Promise.all(this.devices.map((device) => device.close())),
    );
  }
}
