import { type NodeRequest, type Reply, RequestReplyNode } from '@mooring/amqp';
import { HubError } from '@mooring/errors';
import type { EventLog } from '@mooring/event-log';
import { covers } from '../access/event-hub-claims.js';
import { parseEntityAddress } from '../entity-address.js';
import { hubProperties, partitionProperties } from './partition-properties.js';

const PARTITION_ID = /^(?:0|[1-9][0-9]{0,3})$/;

export interface ManagementNodeOptions {
  readonly entity: string;
  readonly topic: string;
  readonly partitions: number;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly log: Pick<EventLog, 'describePartition'>;
  readonly failed: (error: unknown) => void;
}

/** The node `$management`: tells clients the partitions of the hub and what they hold. */
export function managementNode(options: ManagementNodeOptions): RequestReplyNode {
  const entity = options.entity.toLowerCase();
  return new RequestReplyNode({
    matches: (address) => parseEntityAddress(address, entity)?.kind === 'management',
    admit: (request) => {
      request.authorise((claims) => covers(claims, [entity, '$management']));
    },
    failed: options.failed,
    handle: (request) => read(request, options),
  });
}

async function read({ properties }: NodeRequest, options: ManagementNodeOptions): Promise<Reply> {
  const { entity, partitions, createdAt } = options;
  if (properties.get('operation') !== 'READ') {
    throw new HubError('ArgumentInvalid', 'The only operation here is READ.');
  }
  const name = properties.get('name');
  if (typeof name !== 'string' || name.toLowerCase() !== entity.toLowerCase()) {
    throw new HubError('ResourceNotFound', `The only entity here is ${entity}.`);
  }
  switch (properties.get('type')) {
    case 'com.microsoft:eventhub':
      return { status: 200, description: 'OK', body: hubProperties(entity, partitions, createdAt) };
    case 'com.microsoft:partition':
      return { status: 200, description: 'OK', body: await readPartition(properties.get('partition'), options) };
    default:
      throw new HubError(
        'ArgumentInvalid',
        'A type that can be read is com.microsoft:eventhub or com.microsoft:partition.',
      );
  }
}

async function readPartition(id: unknown, { entity, topic, partitions, log }: ManagementNodeOptions) {
  const partition = typeof id === 'string' && PARTITION_ID.test(id) ? Number(id) : Number.NaN;
  if (!(partition < partitions)) {
    throw new HubError('ArgumentInvalid', `The partitions are 0 to ${partitions - 1}.`);
  }
  return partitionProperties(entity, partition, await log.describePartition(topic, partition));
}
