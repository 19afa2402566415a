/** Error codes of Kafka's protocol that this adapter tells apart. */
export const KAFKA_ERROR = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  notLeader: 6,
  messageTooLarge: 10,
  invalidTopic: 17,
  recordListTooLarge: 18,
  invalidRequiredAcks: 21,
  topicAuthorizationFailed: 29,
  invalidTimestamp: 32,
  unsupportedForMessageFormat: 43,
  invalidRecord: 87,
} as const;

/** A produce that fails so fails however often it is repeated. */
const HOPELESS: ReadonlySet<number> = new Set([
  KAFKA_ERROR.messageTooLarge,
  KAFKA_ERROR.invalidTopic,
  KAFKA_ERROR.recordListTooLarge,
  KAFKA_ERROR.invalidRequiredAcks,
  KAFKA_ERROR.topicAuthorizationFailed,
  KAFKA_ERROR.invalidTimestamp,
  KAFKA_ERROR.unsupportedForMessageFormat,
  KAFKA_ERROR.invalidRecord,
]);

export function isHopeless(errorCode: number): boolean {
  return HOPELESS.has(errorCode);
}
