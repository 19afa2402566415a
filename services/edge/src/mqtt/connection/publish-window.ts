import type { AppendOrigin } from '@mooring/event-log';
import type { Span } from '@mooring/observability';
import { PublishSpans } from '../../telemetry/publish-spans.js';
import type { PublishTracing } from '../../telemetry/publish-tracing.js';
import { pubacks } from '../codec/encode.js';
import type { MqttConnection } from './mqtt-connection.js';
import { HOLD } from './read-hold.js';

/** The publishes of a connection that are on their way, and their acknowledgements: so many, then it is not read. */
export class PublishWindow implements AppendOrigin {
  private inFlight = 0;
  private acknowledged: number[] | undefined;
  private spans: PublishSpans | undefined;

  constructor(private readonly connection: MqttConnection) {}

  get isEmpty(): boolean {
    return this.inFlight === 0;
  }

  /** A publish is on its way; its acknowledgement makes room for another. */
  begin(): void {
    const { metrics, limits } = this.connection.context;
    metrics.inFlight++;
    if (++this.inFlight >= limits.maxInFlight) {
      this.connection.pause(HOLD.window);
    }
  }

  /** The span of a publish that was begun lasts until it is appended. @returns the token to append it with */
  trace(packetId: number, span: Span, tracing: PublishTracing): number {
    this.spans ??= new PublishSpans(tracing);
    return this.spans.add(packetId, span);
  }

  /** @param token packet id of the publish; 0 or less for QoS 0, which is not acknowledged */
  appended(token: number): void {
    this.spans?.end(token);
    if (this.connection.phase === 'closed') {
      return;
    }
    this.inFlight--;
    this.connection.context.metrics.inFlight--;
    if (token > 0) {
      this.acknowledged ??= [];
      this.acknowledged.push(token);
    }
  }

  appendedAll(): void {
    const { connection, acknowledged } = this;
    if (connection.phase === 'closed') {
      return;
    }
    const { metrics, limits } = connection.context;
    if (acknowledged !== undefined && acknowledged.length > 0) {
      metrics.acknowledgements += acknowledged.length;
      connection.write(pubacks(acknowledged));
      acknowledged.length = 0;
    }
    if (this.inFlight <= limits.maxInFlight >> 1) {
      connection.resume(HOLD.window);
    }
    connection.finishDrain();
  }

  appendFailed(error: Error): void {
    this.spans?.fail(error);
    const { context, admission } = this.connection;
    context.log.warn({ err: error, deviceId: admission?.identity.deviceId }, 'messages could not be stored');
    this.connection.close('append-failed');
  }

  appendable(): void {
    this.connection.resume(HOLD.lane);
  }

  /** The connection is closed: what is on its way is acknowledged to nobody. */
  closed(): void {
    this.connection.context.metrics.inFlight -= this.inFlight;
  }
}
