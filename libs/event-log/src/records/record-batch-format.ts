/** Version of the form of a record batch; the only one since Kafka 0.11. */
export const MAGIC = 2;

/** Where the fields of a batch begin, in bytes; all numbers are big-endian. See Kafka's documentation, "Record Batch". */
export const FIELD = {
  baseOffset: 0,
  /** Bytes that follow this field. */
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  /** CRC-32C of all that follows it. */
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  count: 57,
} as const;

export const BATCH_HEADER_BYTES = 61;

export const ATTRIBUTE = {
  compression: 0x07,
  /** All records have the batch's greatest time, which the broker set. */
  logAppendTime: 0x08,
  /** Markers of transactions, no records. */
  control: 0x20,
} as const;
