import { randomUUID } from 'node:crypto';
import { type AttachRequest, type ClientRole, type LinkEndpoint, LinkError, type LinkHandler } from '@mooring/amqp';
import type { Clock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import type { EventLog } from '@mooring/event-log';
import { covers } from '../access/event-hub-claims.js';
import { parseEntityAddress } from '../entity-address.js';
import type { EventHubsMetrics } from '../event-hubs-metrics.js';
import type { PartitionOwnership } from '../ownership/partition-ownership.js';
import { logPosition } from './log-position.js';
import { PartitionEndWatch } from './partition-end.js';
import { PartitionReceiver } from './partition-receiver.js';
import { parseSelector, type StartPosition } from './selector.js';

const SELECTOR_FILTER = 'apache.org:selector-filter:string';
const OWNER_LEVEL_PROPERTY = 'com.microsoft:epoch';
const PARTITION_END_CAPABILITY = 'com.microsoft:enable-receiver-runtime-metric';
/** Of Event Hubs: begins at 0. */
const PARTITION_ID = /^(?:0|[1-9][0-9]{0,3})$/;

export interface ReceiverHandlerOptions {
  readonly entity: string;
  readonly topic: string;
  readonly partitions: number;
  /** In lower case. */
  readonly consumerGroups: ReadonlySet<string>;
  readonly log: Pick<EventLog, 'read' | 'describePartition'>;
  readonly ownership: PartitionOwnership;
  readonly metrics: EventHubsMetrics;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}

/** Serves the links on which clients receive partitions, and refuses those that would send to the hub. */
export class ReceiverHandler implements LinkHandler {
  constructor(private readonly options: ReceiverHandlerOptions) {}

  matches(address: string, _client: ClientRole): boolean {
    const parsed = parseEntityAddress(address, this.options.entity);
    return parsed !== undefined && parsed.kind !== 'management';
  }

  async attach(request: AttachRequest): Promise<LinkEndpoint> {
    const address = parseEntityAddress(request.address, this.options.entity);
    if (request.client === 'sender') {
      throw new LinkError(
        'amqp:not-allowed',
        'Events come from devices: nothing can be sent to the built-in endpoint.',
      );
    }
    if (address?.kind !== 'partition') {
      throw new HubError('ResourceNotFound', 'Receive from {entity}/ConsumerGroups/{group}/Partitions/{partition}.');
    }
    const entity = this.options.entity.toLowerCase();
    const path = [entity, 'consumergroups', address.group, 'partitions', address.partition];
    request.authorise((claims) => covers(claims, path));
    if (!this.options.consumerGroups.has(address.group)) {
      // Event Hubs' own words: its clients tell a missing entity from other trouble by them.
      throw new HubError('ResourceNotFound', `The messaging entity '${address.group}' could not be found.`);
    }
    return this.receive(request, address.group, this.partitionOf(address.partition));
  }

  private async receive(request: AttachRequest, group: string, partition: number): Promise<LinkEndpoint> {
    const { log, topic, ownership, metrics, clock, failed } = this.options;
    const start = startPosition(request);
    const wantsEnd = request.desiredCapabilities.includes(PARTITION_END_CAPABILITY);
    const receiver = new PartitionReceiver({
      id: randomUUID(),
      partition: `${group}/${partition}`,
      ownerLevel: ownerLevel(request),
      metrics,
      end: wantsEnd ? new PartitionEndWatch(log, clock, topic, partition) : undefined,
      left: (gone) => void ownership.leave(gone).catch(failed),
      failed,
    });
    const position = logPosition(start, await log.describePartition(topic, partition));
    await ownership.admit(receiver);
    try {
      receiver.start(await log.read(topic, partition, position));
      return receiver;
    } catch (error) {
      receiver.closed();
      throw error;
    }
  }

  private partitionOf(id: string): number {
    const partition = PARTITION_ID.test(id) ? Number(id) : Number.NaN;
    if (!(partition < this.options.partitions)) {
      throw new LinkError(
        'com.microsoft:argument-out-of-range',
        `The partitions are 0 to ${this.options.partitions - 1}.`,
      );
    }
    return partition;
  }
}

function startPosition({ filters }: AttachRequest): StartPosition {
  const selector = filters.get(SELECTOR_FILTER);
  if (selector === undefined || selector === null) {
    return { by: 'earliest' };
  }
  // Python's client writes the text as bytes.
  const text = Buffer.isBuffer(selector) ? selector.toString('utf8') : selector;
  return parseSelector(typeof text === 'string' ? text : '');
}

function ownerLevel({ properties }: AttachRequest): number | undefined {
  const level = properties.get(OWNER_LEVEL_PROPERTY);
  if (level === undefined || level === null) {
    return undefined;
  }
  if (typeof level !== 'number' || !Number.isSafeInteger(level) || level < 0) {
    throw new HubError('ArgumentInvalid', 'The owner level must be a whole number that is not negative.');
  }
  return level;
}
