import { openTelemetry } from '../telemetry/open-telemetry.js';
import type { Protocol } from '../telemetry/protocol.js';
import type { ConnectionRecord, TelemetryConnection } from '../telemetry/telemetry-connection.js';

export interface NumberedDeviceOptions {
  /** The hub's name: in its certificate and in the device's token. */
  readonly host: string;
  readonly ca: string;
  readonly deviceId: string;
  /** Base64. */
  readonly key: string;
  /** MQTT unless given. */
  readonly protocol?: Protocol;
  /** 0 unless given. */
  readonly firstNumber?: number;
  /** Unacknowledged messages at a time. */
  readonly inFlight: number;
  /** More properties of a message, the same whenever it is sent again; none unless given. */
  readonly properties?: (number: number) => Readonly<Record<string, string>> | undefined;
  /** Asked for the address before each connection; the hub's name unless given. */
  readonly dial?: () => string;
  /** Milliseconds from an acknowledgement to the message that follows it; none unless given. */
  readonly pause?: () => number;
  /** Milliseconds until a connection that is not accepted is given up; never unless given. */
  readonly loginTimeoutMs?: number;
  /** Milliseconds until a connection that does not acknowledge is left for another one, still open; never unless given. */
  readonly answerTimeoutMs?: number;
  readonly onEvent?: (event: DeviceEvent) => void;
}

export interface DeviceEvent {
  readonly deviceId: string;
  readonly kind: 'accepted' | 'refused' | 'closed' | 'left' | 'sent' | 'sent again' | 'acknowledged' | 'ghost sent';
  readonly address: string;
  readonly number?: number;
}

/** Before the first attempt after one that led to an acknowledgement; doubled from attempt to attempt. */
const RECONNECT_PAUSE_MS = 100;
const MOST_RECONNECT_PAUSE_MS = 1_600;
/** What a device sends on a connection that it has left already; told apart by its payload. */
export const GHOST = 'ghost';

/**
 * A device that sends the numbers 0, 1, 2, … and, as MQTT asks of it, sends again in order after a reconnect what was not
 * acknowledged ([MQTT-4.4.0-1], [MQTT-4.6.0-1]); over other protocols it does the same. It keeps account of what was acknowledged, and of its connections.
 */
export class NumberedDevice {
  /** Every number below this one was sent at least once. */
  sent: number;
  readonly acknowledged = new Set<number>();
  /** Acknowledgements on a connection that was left, after the next one was accepted. */
  lateAcknowledgements = 0;
  ghostsAcknowledged = 0;
  /** What the hub did and must not. */
  readonly violations: string[] = [];
  private made: TelemetryConnection[] = [];
  private unacknowledged: number[] = [];
  /** Messages that wait for their pause. */
  private pausing = 0;
  private ghosts = 0;
  private attemptsInVain = 0;
  private current: TelemetryConnection | undefined;
  private leave: () => void = () => undefined;
  private lastAnswerAt = 0;
  private running = true;
  private paused = false;
  private readonly done: Promise<void>;
  private readonly watch: NodeJS.Timeout | undefined;

  constructor(private readonly options: NumberedDeviceOptions) {
    const { answerTimeoutMs, firstNumber = 0 } = options;
    this.sent = firstNumber;
    if (answerTimeoutMs !== undefined) {
      this.watch = setInterval(() => this.leaveIfSilent(answerTimeoutMs), answerTimeoutMs / 4);
    }
    this.done = this.run();
  }

  get deviceId(): string {
    return this.options.deviceId;
  }

  /** Unacknowledged messages at a time. */
  get inFlight(): number {
    return this.options.inFlight;
  }

  get firstNumber(): number {
    return this.options.firstNumber ?? 0;
  }

  get protocol(): Protocol {
    return this.options.protocol ?? 'mqtt';
  }

  /** Whether a connection of it takes over the one before: an HTTPS request is none. */
  get holdsIdentity(): boolean {
    return this.protocol !== 'https';
  }

  /** All connections that were accepted, the oldest first. */
  get connections(): readonly ConnectionRecord[] {
    return this.made;
  }

  /** The address that it is connected to now. */
  get address(): string | undefined {
    return this.current?.isOpen ? this.current.address : undefined;
  }

  /** Sends nothing new from now on; what is unacknowledged is still sent again after a reconnect. */
  pause(): void {
    this.paused = true;
  }

  get settled(): boolean {
    return this.unacknowledged.length === 0;
  }

  /** Connects anew as a second client with the same identity would: the former connection is left open, and watched. */
  reconnectBeside(): void {
    this.emit('left');
    this.leave();
  }

  /** Drops the connection; another one is made. */
  drop(): void {
    this.current?.destroy();
  }

  /** Sends one message on each connection that was left and is still open. */
  haunt(): void {
    for (const connection of this.made) {
      if (connection !== this.current && connection.isOpen) {
        const number = -++this.ghosts;
        this.emit('ghost sent', { address: connection.address, number });
        connection.publish({ payload: GHOST, number, isRepeated: false });
      }
    }
  }

  async close(): Promise<void> {
    this.running = false;
    clearInterval(this.watch);
    this.leave();
    this.current?.destroy();
    for (const connection of this.made) {
      connection.destroy();
    }
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.running) {
      await this.connectOnce();
      if (this.running) {
        const waitMs = Math.min(RECONNECT_PAUSE_MS * 2 ** this.attemptsInVain++, MOST_RECONNECT_PAUSE_MS);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  /** Lives through one connection; resolves when it has ended, in whatever way, or is left. */
  private async connectOnce(): Promise<void> {
    const { host, ca, dial = () => host, loginTimeoutMs } = this.options;
    const connection: TelemetryConnection = openTelemetry(this.protocol, {
      address: dial(),
      login: this.options,
      ca,
      loginTimeoutMs,
      onAccepted: () => this.accepted(connection),
      onAcknowledged: (number) => this.acknowledge(connection, number),
      onViolation: (what) => this.violations.push(`${this.deviceId}: ${what}`),
    });
    this.current = connection;
    const left = new Promise<void>((resolve) => {
      this.leave = resolve;
    });
    const closed = connection.closed.then(() => {
      const kind = connection.refusal === undefined ? 'closed' : 'refused';
      this.emit(kind, { address: connection.address, number: connection.refusal });
    });
    await Promise.race([closed, left]);
  }

  private accepted(connection: TelemetryConnection): void {
    if (!this.holdsIdentity) {
      this.made = this.made.filter((one) => one.isOpen);
    }
    this.made.push(connection);
    this.lastAnswerAt = performance.now();
    this.emit('accepted');
    for (const number of this.unacknowledged) {
      this.publish(number, true);
    }
    this.fill();
  }

  private acknowledge(connection: TelemetryConnection, number: number): void {
    this.emit('acknowledged', { address: connection.address, number });
    if (number < 0) {
      this.ghostsAcknowledged++;
      return;
    }
    this.attemptsInVain = 0;
    // On whatever connection it comes, it is a promise.
    this.acknowledged.add(number);
    const at = this.unacknowledged.indexOf(number);
    if (at >= 0) {
      this.unacknowledged.splice(at, 1);
    }
    if (connection === this.current) {
      this.lastAnswerAt = performance.now();
      this.sendNext();
    } else if (this.current?.acceptedAt !== undefined) {
      this.lateAcknowledgements++;
    }
  }

  private sendNext(): void {
    const { pause } = this.options;
    if (pause === undefined) {
      this.fill();
      return;
    }
    this.pausing++;
    setTimeout(() => {
      this.pausing--;
      this.fill();
    }, pause()).unref();
  }

  private fill(): void {
    const isReady = !this.paused && this.running && this.current?.isOpen;
    while (isReady && this.unacknowledged.length + this.pausing < this.options.inFlight) {
      const number = this.sent++;
      this.unacknowledged.push(number);
      this.publish(number, false);
    }
  }

  private publish(number: number, isRepeated: boolean): void {
    if (this.unacknowledged.length === 1) {
      this.lastAnswerAt = performance.now();
    }
    this.emit(isRepeated ? 'sent again' : 'sent', { number });
    const properties = this.options.properties?.(number);
    this.current?.publish({ payload: String(number), number, isRepeated, properties });
  }

  private leaveIfSilent(timeoutMs: number): void {
    const isSilent = performance.now() - this.lastAnswerAt > timeoutMs;
    if (this.current?.isOpen && this.unacknowledged.length > 0 && isSilent) {
      this.reconnectBeside();
    }
  }

  private emit(
    kind: DeviceEvent['kind'],
    { address, number }: { address?: string; number?: number | undefined } = {},
  ): void {
    this.options.onEvent?.({
      deviceId: this.deviceId,
      kind,
      address: address ?? this.current?.address ?? '',
      ...(number !== undefined && { number }),
    });
  }
}
