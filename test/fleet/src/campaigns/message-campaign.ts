import { setTimeout as pause } from 'node:timers/promises';
import { type HubAccess, until } from '@mooring/test-parts';
import { ForgetfulDevice } from '../device/forgetful-device.js';
import { judgeMessages, type MessageEvent, type MessageVerdict } from '../history/c2d-history.js';
import { Random } from '../random.js';
import { registerDevices } from '../register-devices.js';
import { ServiceClient } from '../service-client.js';
import { FeedbackCollector } from './feedback-collector.js';

export interface MessageCampaignOptions {
  readonly hub: HubAccess;
  /** What devices dial, one or another. */
  readonly addresses: readonly string[];
  readonly seed: number;
  readonly devices: number;
  /** The hub's. */
  readonly maxDeliveries: number;
  /** From an answer to the next message for the same device; 60 to 200 unless given. */
  readonly pauseMs?: { readonly least: number; readonly most: number };
  /** Whether feedback is asked for, and awaited; it is unless given. */
  readonly feedback?: boolean;
}

interface Recipient {
  readonly deviceId: string;
  readonly device: ForgetfulDevice;
  readonly random: Random;
  sent: number;
}

const ACCEPTED = 204;
const ANSWER_TIMEOUT_MS = 10_000;
const PATIENCE_MS = 45_000;
const RETRY_MS = 200;
const PAUSE_MS = { least: 60, most: 200 };
/** Feedback comes at once when a batch of 64 is full: so many that all before them fill whole ones. */
const PROBES = 4;

/** Messages for many devices that come and go and forget to acknowledge, and everything that is observed of them. */
export class MessageCampaign {
  private readonly history: MessageEvent[] = [];
  private readonly recipients: Recipient[] = [];
  private readonly feedback: FeedbackCollector | undefined;
  private senders: readonly Promise<void>[] = [];
  private sending = true;

  private constructor(
    private readonly client: ServiceClient,
    private readonly options: MessageCampaignOptions,
  ) {
    if (options.feedback ?? true) {
      this.feedback = new FeedbackCollector(client, (message, status) =>
        this.history.push({ kind: 'feedback', message, status }),
      );
    }
  }

  static async start(options: MessageCampaignOptions): Promise<MessageCampaign> {
    const { hub, addresses } = options;
    const ids = Array.from({ length: options.devices }, (_, index) => `d${index}`);
    const registered = await registerDevices(hub, ids);
    const campaign = new MessageCampaign(new ServiceClient(hub), options);
    const seeds = new Random(options.seed);
    for (const credentials of registered) {
      const { deviceId } = credentials;
      const [random, choices] = [seeds.fork(), seeds.fork()];
      const device = new ForgetfulDevice({
        hub,
        credentials,
        random: choices,
        dial: () => choices.pick(addresses),
        onDialled: () => campaign.history.push({ kind: 'dialled', deviceId }),
        onDelivered: (message) => campaign.history.push({ kind: 'delivered', deviceId, message }),
        onAcknowledged: (message) => campaign.history.push({ kind: 'acknowledged', message }),
      });
      campaign.recipients.push({ deviceId, device, random, sent: 0 });
    }
    campaign.senders = campaign.recipients.map((recipient) => campaign.sendAlways(recipient));
    return campaign;
  }

  /** Waits until so many more were accepted, and as many deliveries seen. */
  async progress(count: number): Promise<void> {
    const [accepted, delivered] = [this.count('accepted') + count, this.count('delivered') + count];
    await until(() => this.count('accepted') >= accepted && this.count('delivered') >= delivered, {
      what: `${count} more messages`,
      timeoutMs: PATIENCE_MS,
    });
  }

  /** Sends nothing new, has everything delivered and waits for all feedback; then judges. */
  async finish(): Promise<MessageVerdict> {
    this.sending = false;
    await Promise.all(this.senders);
    for (const { device } of this.recipients) {
      device.behave();
    }
    await this.probe(this.feedback === undefined ? 1 : PROBES);
    const isTold = (): boolean => this.verdict().violations.every((one) => !one.includes('without feedback'));
    // If it does not come, the verdict tells.
    await until(isTold, { what: 'all feedback', timeoutMs: PATIENCE_MS, everyMs: 200 }).catch(() => undefined);
    for (const { device } of this.recipients) {
      device.reconnect();
    }
    await this.probe(1);
    return this.verdict();
  }

  async close(): Promise<void> {
    this.sending = false;
    await Promise.all(this.senders);
    await Promise.all(this.recipients.map(({ device }) => device.close()));
    await this.feedback?.close();
    this.client.close();
  }

  private verdict(): MessageVerdict {
    return judgeMessages(this.history, this.options.maxDeliveries);
  }

  private count(kind: MessageEvent['kind']): number {
    return this.history.reduce((sum, event) => (event.kind === kind ? sum + 1 : sum), 0);
  }

  private async sendAlways(recipient: Recipient): Promise<void> {
    const { random } = recipient;
    const { least, most } = this.options.pauseMs ?? PAUSE_MS;
    while (this.sending) {
      await this.send(recipient, this.feedback !== undefined);
      await pause(least + random.below(most - least));
    }
  }

  /** @returns the message, if it was accepted: what has no answer may be there all the same */
  private async send(recipient: Recipient, isAwaited: boolean): Promise<string | undefined> {
    const { deviceId } = recipient;
    const message = `${deviceId}-${recipient.sent++}`;
    this.history.push({ kind: 'sent', deviceId, message, isAwaited });
    const path = `/devices/${deviceId}/messages/deviceBound`;
    const headers = { 'iothub-messageid': message, 'iothub-ack': this.feedback === undefined ? 'none' : 'full' };
    const answer = await this.client
      .ask({ method: 'POST', path, body: message, headers, timeoutMs: ANSWER_TIMEOUT_MS })
      .catch(() => undefined);
    if (answer?.status !== ACCEPTED) {
      return undefined;
    }
    this.history.push({ kind: 'accepted', message });
    return message;
  }

  /** Sends messages behind all others, and waits until they have come: so has then all that was before them. */
  private async probe(count: number): Promise<void> {
    const missing = new Set<string>();
    const sendProbes = async (recipient: Recipient): Promise<void> => {
      for (let left = count; left > 0; ) {
        const message = await this.send(recipient, false);
        if (message === undefined) {
          await pause(RETRY_MS);
        } else {
          missing.add(message);
          left--;
        }
      }
    };
    const seen = this.history.length;
    await Promise.all(this.recipients.map(sendProbes));
    const haveCome = (): boolean => {
      for (const event of this.history.slice(seen)) {
        if (event.kind === 'delivered') {
          missing.delete(event.message);
        }
      }
      return missing.size === 0;
    };
    await until(haveCome, { what: 'the last message of every device', timeoutMs: PATIENCE_MS });
  }
}
