import { setTimeout as pause } from 'node:timers/promises';
import { type HubAccess, until } from '@mooring/test-parts';
import { ReconnectingDevice } from '../device/reconnecting-device.js';
import { judgeMethods, type MethodEvent, type MethodVerdict } from '../history/method-history.js';
import { Random } from '../random.js';
import { registerDevices } from '../register-devices.js';
import { ServiceClient } from '../service-client.js';

export interface MethodCampaignOptions {
  readonly hub: HubAccess;
  /** What devices dial, one or another. */
  readonly addresses: readonly string[];
  readonly seed: number;
  readonly devices: number;
  /** From the end of a call to the next one of the same device, at most. */
  readonly pauseMs: number;
}

interface Answer {
  readonly by: string;
  readonly call: string;
}

const CONNECT_SECONDS = 5;
const RESPONSE_SECONDS = 10;
const ANSWER_TIMEOUT_MS = 30_000;
const PATIENCE_MS = 45_000;

/** Calls of many devices, one at a time for each, and everything that is observed of them. */
export class MethodCampaign {
  private readonly history: MethodEvent[] = [];
  private readonly devices: ReconnectingDevice[] = [];
  private callers: readonly Promise<void>[] = [];
  private running = true;
  private calls = 0;

  private constructor(
    private readonly client: ServiceClient,
    private readonly deviceIds: readonly string[],
  ) {}

  static async start(options: MethodCampaignOptions): Promise<MethodCampaign> {
    const { hub, addresses, seed, devices, pauseMs } = options;
    const ids = Array.from({ length: devices }, (_, index) => `callee-${index}`);
    const campaign = new MethodCampaign(new ServiceClient(hub), ids);
    const seeds = new Random(seed);
    for (const credentials of await registerDevices(hub, ids)) {
      const choices = seeds.fork();
      const onMethod = (_name: string, payload: Buffer) => campaign.execute(credentials.deviceId, payload);
      campaign.devices.push(
        new ReconnectingDevice({ hub, credentials, dial: () => choices.pick(addresses), onMethod }),
      );
    }
    campaign.callers = ids.map((deviceId) => campaign.callAlways(deviceId, seeds.fork(), pauseMs));
    return campaign;
  }

  /** Ends what was begun, has every device answer once more, and judges. */
  async finish(): Promise<MethodVerdict> {
    await this.stop();
    await Promise.all(
      this.deviceIds.map((deviceId) =>
        until(() => this.call(deviceId), { what: `an answer of ${deviceId}`, timeoutMs: PATIENCE_MS, everyMs: 200 }),
      ),
    );
    return judgeMethods(this.history);
  }

  async close(): Promise<void> {
    await this.stop();
    await Promise.all(this.devices.map((device) => device.close()));
    this.client.close();
  }

  private async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.callers);
  }

  private execute(deviceId: string, payload: Buffer): readonly [status: number, payload: Buffer] {
    const call = String(JSON.parse(payload.toString()));
    this.history.push({ kind: 'executed', call, deviceId });
    return [200, Buffer.from(JSON.stringify({ by: deviceId, call } satisfies Answer))];
  }

  private async callAlways(deviceId: string, random: Random, pauseMs: number): Promise<void> {
    while (this.running) {
      await this.call(deviceId);
      await pause(random.below(pauseMs));
    }
  }

  /** @returns whether there was an answer of a device */
  private async call(deviceId: string): Promise<boolean> {
    const call = `${deviceId}/${this.calls++}`;
    this.history.push({ kind: 'called', call, deviceId });
    const answer = await this.client
      .ask({
        method: 'POST',
        path: `/twins/${deviceId}/methods`,
        body: JSON.stringify({
          methodName: 'do',
          payload: call,
          connectTimeoutInSeconds: CONNECT_SECONDS,
          responseTimeoutInSeconds: RESPONSE_SECONDS,
        }),
        timeoutMs: ANSWER_TIMEOUT_MS,
      })
      .catch(() => undefined);
    if (answer?.status !== 200) {
      return false;
    }
    const { payload } = JSON.parse(answer.body) as { payload: Answer };
    this.history.push({ kind: 'answered', call, by: payload.by, answered: payload.call });
    return true;
  }
}
