import { ListeningDevice, ServiceClient } from '@mooring/test-fleet';
import { type HubPart, until } from '@mooring/test-parts';

/** A device with traffic in both directions, and the back end that has it: each hears of its own rounds, and of nothing else. */
export class HonestListener {
  private round = 0;
  private readonly heard: string[] = [];
  private closed = false;

  private constructor(
    private readonly deviceId: string,
    private readonly service: ServiceClient,
  ) {}

  static async connect(hub: HubPart, deviceId: string, key: string): Promise<HonestListener> {
    const listener = new HonestListener(deviceId, new ServiceClient(hub));
    const device = await ListeningDevice.connect({
      hub,
      credentials: { deviceId, key },
      onMessage: (_topic, body) => listener.heard.push(`message ${body}`),
      onDesired: (patch) => listener.heard.push(`desired ${(patch as { round?: number }).round}`),
      onMethod: (name, payload) => {
        listener.heard.push(`method ${name} ${payload}`);
        return [200, payload];
      },
    });
    void device.closed.then(() => {
      listener.closed = true;
    });
    listener.device = device;
    return listener;
  }

  private device: ListeningDevice | undefined;

  /** A round in each direction; it must be all that the device has heard of since the last. */
  async served(): Promise<void> {
    const { deviceId, service, device, heard } = this;
    const round = ++this.round;
    const twin = `/twins/${deviceId}`;
    const [version, answer] = await Promise.all([
      device?.report({ round }),
      service.call('POST', `${twin}/methods`, { methodName: 'echo', payload: round }),
      service.call('PATCH', twin, { properties: { desired: { round } } }),
      service.call('POST', `/devices/${deviceId}/messages/deviceBound`, round),
    ]);
    await until(() => this.closed || heard.length >= 3, {
      what: 'the honest listener to be served',
      timeoutMs: 15_000,
      everyMs: 2,
    });
    const expected = [`desired ${round}`, `message ${round}`, `method echo ${round}`];
    const told = JSON.stringify([this.closed, version, answer, heard.splice(0).sort()]);
    if (told !== JSON.stringify([false, round + 1, JSON.stringify({ status: 200, payload: round }), expected])) {
      throw new Error(`The honest listener was not served as it should be in round ${round}: ${told}`);
    }
  }

  close(): void {
    this.device?.destroy();
    this.service.close();
  }
}
