import { LinkError, type OutgoingLink, type SourceEndpoint } from '@mooring/amqp';
import type { PartitionReader, StoredRecord } from '@mooring/event-log';
import { encodeEvent, encodePartitionEnd } from '../encoding/event-encoder.js';
import type { EventHubsMetrics } from '../event-hubs-metrics.js';
import type { Receiver } from '../ownership/receiver.js';
import { BatchSize } from './batch-size.js';
import type { PartitionEndWatch } from './partition-end.js';

export interface PartitionReceiverOptions {
  readonly id: string;
  readonly partition: string;
  readonly ownerLevel: number | undefined;
  readonly metrics: EventHubsMetrics;
  /** Given if the client wants to be told what the partition ends with. */
  readonly end: PartitionEndWatch | undefined;
  /** Called once, when the receiver is gone. */
  readonly left: (receiver: PartitionReceiver) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * The hub's end of a link on which a client receives a partition. Reads only while the client has given credit, and no more
 * than it takes: without credit nothing is read, and what was read is one batch at most.
 */
export class PartitionReceiver implements Receiver, SourceEndpoint {
  readonly kind = 'source';
  private reader: PartitionReader | undefined;
  private link: OutgoingLink | undefined;
  private batch: readonly StoredRecord[] = [];
  private sent = 0;
  private readonly size = new BatchSize();
  private reading = false;
  private gone = false;
  private ended: LinkError | undefined;

  constructor(private readonly options: PartitionReceiverOptions) {}

  get id(): string {
    return this.options.id;
  }

  get partition(): string {
    return this.options.partition;
  }

  get ownerLevel(): number | undefined {
    return this.options.ownerLevel;
  }

  /** @throws LinkError if it was disconnected while it attached */
  start(reader: PartitionReader): void {
    this.reader = reader;
    this.options.metrics.receivers.inc();
    if (this.ended !== undefined) {
      throw this.ended;
    }
  }

  opened(link: OutgoingLink): void {
    this.link = link;
    if (this.ended !== undefined) {
      link.close(this.ended);
    }
  }

  sendable(): void {
    this.send(undefined);
    this.read();
  }

  disconnect(error: LinkError): void {
    this.ended = error;
    this.link?.close(error);
  }

  closed(): void {
    if (this.gone) {
      return;
    }
    this.gone = true;
    this.batch = [];
    if (this.reader !== undefined) {
      this.options.metrics.receivers.dec();
      this.reader.close().catch(this.options.failed);
    }
    this.options.left(this);
  }

  private read(): void {
    const { reader, link } = this;
    if (
      this.reading ||
      this.gone ||
      this.ended !== undefined ||
      reader === undefined ||
      this.sent < this.batch.length ||
      !link?.sendable()
    ) {
      return;
    }
    this.reading = true;
    this.fill(reader, link.credit)
      .then(() => this.read())
      .catch((error: unknown) => {
        this.options.failed(error);
        this.link?.close(error);
      });
  }

  private async fill(reader: PartitionReader, credit: number): Promise<void> {
    const batch = await reader.next(this.size.next(credit));
    const end = batch.length > 0 ? await this.options.end?.current() : undefined;
    this.reading = false;
    if (this.gone) {
      return;
    }
    if (batch.length === 0) {
      // The log was closed under its reader: asked again, it would say so again at once, for ever.
      this.disconnect(new LinkError('amqp:link:detach-forced', 'The hub is closing; attach again.'));
      return;
    }
    let bytes = 0;
    for (const { value } of batch) {
      bytes += value.length;
    }
    this.size.read(batch.length, bytes);
    this.batch = batch;
    this.sent = 0;
    this.send(end === undefined ? undefined : encodePartitionEnd(end));
  }

  /** Sends of the batch what the client takes now. */
  private send(before: Buffer | undefined): void {
    const { batch, link } = this;
    if (link === undefined || this.sent >= batch.length) {
      return;
    }
    const first = this.sent;
    let bytes = 0;
    while (this.sent < this.batch.length && link.sendable()) {
      const record = batch[this.sent++];
      if (record !== undefined) {
        const event = encodeEvent(record);
        const message = before === undefined ? event : Buffer.concat([before, event]);
        bytes += message.length;
        link.sendSettled(message);
      }
    }
    this.options.metrics.events.inc(this.sent - first);
    this.options.metrics.bytes.inc(bytes);
    if (this.sent === batch.length) {
      this.batch = [];
      this.sent = 0;
    }
  }
}
