import { TlsWire } from '../wire/tls-wire.js';
import type { NumberedMessage, TelemetryConnection, TelemetryConnectionOptions } from './telemetry-connection.js';

/** What connections that run on TLS alone have in common: when they were accepted and closed, and patience with the former. */
export abstract class WireConnection implements TelemetryConnection {
  acceptedAt: number | undefined;
  refusal: number | undefined;
  readonly closed: Promise<void>;
  protected readonly wire: TlsWire;

  constructor(
    protected readonly options: TelemetryConnectionOptions,
    port: number,
    onOpen: () => void,
  ) {
    const { address, login, ca, loginTimeoutMs } = options;
    this.wire = new TlsWire({ address, hubName: login.host, ca, port, onOpen });
    const patience =
      loginTimeoutMs === undefined
        ? undefined
        : setTimeout(() => this.acceptedAt === undefined && this.destroy(), loginTimeoutMs);
    this.closed = this.wire.closed.then(() => clearTimeout(patience));
  }

  get address(): string {
    return this.options.address;
  }

  get closedAt(): number | undefined {
    return this.wire.closedAt;
  }

  get endedCleanly(): boolean {
    return this.wire.endedCleanly;
  }

  get isOpen(): boolean {
    return this.acceptedAt !== undefined && this.closedAt === undefined;
  }

  abstract publish(message: NumberedMessage): void;

  destroy(): void {
    this.wire.destroy();
  }

  protected accept(): void {
    if (this.acceptedAt === undefined && this.closedAt === undefined) {
      this.acceptedAt = performance.now();
      this.options.onAccepted();
    }
  }
}
