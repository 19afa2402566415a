export type { FaultProxy, FaultProxyOptions, Flow, ProxyTarget } from './fault-proxy/fault-proxy.js';
export { startFaultProxy } from './fault-proxy/fault-proxy.js';
export type { KafkaNode, KafkaOptions, KafkaPart } from './kafka/kafka-part.js';
export { startKafka } from './kafka/kafka-part.js';
export type { MongoOptions, MongoPart } from './mongo/mongo-part.js';
export { startMongo } from './mongo/mongo-part.js';
export type { PartControl } from './process/part-process.js';
export type { RedisPart } from './redis/redis-part.js';
export { startRedis } from './redis/redis-part.js';
