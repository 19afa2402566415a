import { MessageCampaign, MethodCampaign, Random, type ReadChanges, TwinCampaign } from '@mooring/test-fleet';
import type { HubAccess } from '@mooring/test-parts';

export interface TwoWayOptions {
  readonly hub: HubAccess;
  /** What devices dial, one or another. */
  readonly addresses: readonly string[];
  readonly random: Random;
}

export interface TwoWayVerdict {
  /** Messages to devices that the hub has accepted. */
  readonly messages: number;
  /** Calls that a device has answered. */
  readonly calls: number;
  /** Changes of twins that the hub has accepted. */
  readonly changes: number;
  /** Each a rule that was broken. */
  readonly violations: readonly string[];
}

const RECIPIENTS = 10;
const CALLEES = 6;
const MESSAGE_PAUSE_MS = { least: 500, most: 1_500 };
const CALL_PAUSE_MS = 2_000;
const CHANGE_PAUSE_MS = 3_000;
/** The hub's default. */
const MAX_DELIVERIES = 10;

/** Devices and a back end that use the way from the hub to devices all the time, and what is observed of that. */
export class TwoWayLoad {
  private constructor(
    private readonly messages: MessageCampaign,
    private readonly methods: MethodCampaign,
    private readonly twins: TwinCampaign,
  ) {}

  static async start({ hub, addresses, random }: TwoWayOptions): Promise<TwoWayLoad> {
    const seed = () => random.below(2 ** 31);
    const own = { hub, addresses };
    const messages = MessageCampaign.start({
      ...own,
      seed: seed(),
      devices: RECIPIENTS,
      maxDeliveries: MAX_DELIVERIES,
      pauseMs: MESSAGE_PAUSE_MS,
      feedback: false,
    });
    const methods = MethodCampaign.start({ ...own, seed: seed(), devices: CALLEES, pauseMs: CALL_PAUSE_MS });
    const twins = TwinCampaign.start({ ...own, seed: seed(), pauseMs: CHANGE_PAUSE_MS });
    const started = await Promise.allSettled([messages, methods, twins] as const);
    const failure = started.find((one) => one.status === 'rejected');
    if (failure !== undefined) {
      await Promise.all(started.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
      throw failure.reason;
    }
    return new TwoWayLoad(await messages, await methods, await twins);
  }

  /** Begins nothing new, waits for what is on its way, and judges. */
  async finish(read: ReadChanges): Promise<TwoWayVerdict> {
    const [messages, methods, twins] = await Promise.all([
      this.messages.finish(),
      this.methods.finish(),
      this.twins.finish(read),
    ]);
    return {
      messages: messages.accepted,
      calls: methods.answered,
      changes: twins.accepted,
      violations: [
        ...messages.violations.map((text) => `a message to a device was ${text}`),
        ...methods.violations.map((text) => `a call was ${text}`),
        ...twins.violations.map((text) => `a twin: ${text}`),
        ...twins.unfair.map(({ winners }) => `${winners} changes that asked for the same entity tag were made`),
      ],
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.messages.close(), this.methods.close(), this.twins.close()]);
  }
}
