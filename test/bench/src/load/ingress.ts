import { type EventLog, type LogRecord, openEventLog } from '@mooring/event-log';
import { ANNOTATION, MESSAGE_SOURCE } from '@mooring/messages';
import { type Cluster, type Stores, until } from '@mooring/test-parts';

/** Appended in one call. */
const BATCH = 2_000;
const ROUTED_TIMEOUT_MS = 120_000;

/** Puts telemetry into a cluster's ingress as its edges do, without their cost, and sees what becomes of it. */
export class Ingress {
  private constructor(
    private readonly log: EventLog,
    private readonly prefix: string,
  ) {}

  static async open(cluster: Cluster, stores: Stores): Promise<Ingress> {
    const log = await openEventLog({ kind: 'kafka', brokers: stores.kafka.brokers });
    // Appended to is only what the log has seen.
    await log.describeTopic(`${cluster.prefix}.ingress`);
    return new Ingress(log, cluster.prefix);
  }

  /** Appends messages of many devices in turn; resolves when routing has brought them all to the built-in endpoint. */
  async fill(messages: number, { devices, payloadBytes }: FillOptions): Promise<void> {
    const appender = this.log.appender(`${this.prefix}.ingress`);
    const value = Buffer.alloc(payloadBytes, 'x');
    const routedBefore = await this.routed();
    for (let start = 0; start < messages; start += BATCH) {
      const size = Math.min(BATCH, messages - start);
      const numbers = Array.from({ length: size }, (_, index) => (start + index) % devices);
      await appender.appendAll(
        numbers.map((number) => {
          const deviceId = `bench-${number}`;
          return { key: deviceId, headers: headersOf(deviceId), value };
        }),
      );
    }
    await until(async () => (await this.routed()) >= routedBefore + messages, {
      what: 'the last message at the built-in endpoint',
      timeoutMs: ROUTED_TIMEOUT_MS,
    });
  }

  close(): Promise<void> {
    return this.log.close();
  }

  /** Messages at the built-in endpoint. */
  private async routed(): Promise<number> {
    const topic = `${this.prefix}.events`;
    const { partitions } = await this.log.describeTopic(topic);
    const ends = await Promise.all(
      Array.from({ length: partitions }, (_, partition) => this.log.describePartition(topic, partition)),
    );
    return ends.reduce((sum, { nextOffset }) => sum + nextOffset, 0);
  }
}

export interface FillOptions {
  readonly devices: number;
  readonly payloadBytes: number;
}

function headersOf(deviceId: string): LogRecord['headers'] {
  return {
    [ANNOTATION.deviceId]: deviceId,
    [ANNOTATION.authMethod]: '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
    [ANNOTATION.generationId]: '638000000000000000',
    [ANNOTATION.enqueuedTime]: new Date().toISOString(),
    [ANNOTATION.messageSource]: MESSAGE_SOURCE.telemetry,
  };
}
