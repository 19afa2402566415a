import type { Clock, Timer } from '@mooring/clock';
import type { EventLog, StoredRecord, Subscription } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import { control } from '@mooring/proto';

export interface ControlListener {
  credentialsChanged(change: control.CredentialsChanged): void;
  policiesChanged(): void;
  certificatesChanged(): void;
  connectionTakenOver(event: control.ConnectionTakenOver): void;
  /** No beat has come for too long: changes may be missed from now on. */
  lost(): void;
  /** Beats come again; what changed meanwhile may have been missed. */
  heard(): void;
}

export interface ControlChannelOptions {
  readonly eventLog: EventLog;
  readonly topic: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const BEAT_TIMEOUT_MS = 3_000;
const CHECK_MS = 500;

/** The broadcasts between the hub's processes, and whether identity's beat is heard on them. */
export class ControlChannel {
  private subscription: Subscription | undefined;
  private timer: Timer | undefined;
  private beatAt = Number.NEGATIVE_INFINITY;
  private isHeard = false;

  constructor(private readonly options: ControlChannelOptions) {}

  /** Whether changes reach this process. */
  get hearing(): boolean {
    return this.isHeard && this.silenceMs < BEAT_TIMEOUT_MS;
  }

  /** Time since the last beat. */
  get silenceMs(): number {
    return this.options.clock.monotonic() - this.beatAt;
  }

  async start(listener: ControlListener): Promise<void> {
    const { eventLog, topic, clock } = this.options;
    this.subscription = await eventLog.follow(topic, (record) => this.receive(record, listener));
    this.timer = clock.every(CHECK_MS, () => {
      if (this.isHeard && this.silenceMs >= BEAT_TIMEOUT_MS) {
        this.isHeard = false;
        listener.lost();
      }
    });
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    await this.subscription?.close();
  }

  /** Tells all processes that identities are held with these epochs; resolves when that is in the event log. */
  async announceTakeOvers(takeOvers: readonly control.ConnectionTakenOver[]): Promise<void> {
    const { eventLog, topic, clock } = this.options;
    const timeMs = clock.now();
    const records = takeOvers.map((value) => {
      const event = control.ControlEvent.encode({ timeMs, event: { $case: 'connectionTakenOver', value } }).finish();
      return { key: value.deviceId, headers: {}, value: Buffer.from(event) };
    });
    await eventLog.appender(topic).appendAll(records);
  }

  private receive(record: StoredRecord, listener: ControlListener): void {
    const event = this.decode(record)?.event;
    switch (event?.$case) {
      case 'beat':
        this.beat(listener);
        break;
      case 'credentialsChanged':
        listener.credentialsChanged(event.value);
        break;
      case 'policiesChanged':
        listener.policiesChanged();
        break;
      case 'certificatesChanged':
        listener.certificatesChanged();
        break;
      case 'connectionTakenOver':
        listener.connectionTakenOver(event.value);
        break;
      default:
        // Something that another process is told of, or that a later release will know.
        break;
    }
  }

  private beat(listener: ControlListener): void {
    const wasHearing = this.hearing;
    this.beatAt = this.options.clock.monotonic();
    this.isHeard = true;
    if (!wasHearing) {
      listener.heard();
    }
  }

  private decode(record: StoredRecord): control.ControlEvent | undefined {
    try {
      return control.ControlEvent.decode(record.value);
    } catch (error) {
      this.options.log.warn({ err: error, offset: record.offset }, 'a broadcast could not be read');
      return undefined;
    }
  }
}
