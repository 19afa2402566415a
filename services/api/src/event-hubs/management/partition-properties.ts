import { amqpTypes, type Typed } from '@mooring/amqp';
import type { PartitionDescription } from '@mooring/event-log';

/** The hub's properties, typed as Event Hubs clients want them. */
export function hubProperties(name: string, partitions: number, createdAt: number): Typed {
  const ids = Array.from({ length: partitions }, (_, id) => String(id));
  return amqpTypes.wrap_map({
    name,
    type: 'com.microsoft:eventhub',
    created_at: amqpTypes.wrap_timestamp(createdAt),
    partition_count: amqpTypes.wrap_int(partitions),
    partition_ids: amqpTypes.wrap_list(ids),
  });
}

/** A partition's properties; of one without events, the last sequence number and offset are -1. */
export function partitionProperties(name: string, partition: number, description: PartitionDescription): Typed {
  const { beginningOffset, last } = description;
  return amqpTypes.wrap_map({
    name,
    type: 'com.microsoft:partition',
    partition: String(partition),
    begin_sequence_number: amqpTypes.wrap_long(beginningOffset),
    last_enqueued_sequence_number: amqpTypes.wrap_long(last?.offset ?? -1),
    last_enqueued_offset: String(last?.offset ?? -1),
    last_enqueued_time_utc: amqpTypes.wrap_timestamp(last?.timestamp ?? 0),
    is_partition_empty: last === undefined,
  });
}
