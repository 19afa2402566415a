import type { Clock } from '@mooring/clock';
import type { KafkaConfig } from 'kafkajs';
import type { AppendLimits } from '../appending/back-pressure.js';

/** How to reach Kafka. */
export interface KafkaConnectionSettings {
  /** `host:port` of some of the brokers. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  readonly connectTimeoutMs: number;
  /** How long a broker may take to answer. */
  readonly requestTimeoutMs: number;
}

/** How appends are sent. */
export interface LaneSettings {
  /** How long the first record of a batch waits for others. */
  readonly lingerMs: number;
  /** Of one partition in one request; below the broker's `message.max.bytes`, 1 MiB by default. */
  readonly maxBatchBytes: number;
  /** Of one request. */
  readonly maxRequestBytes: number;
  /** What may be outstanding in one lane. */
  readonly laneLimits: AppendLimits;
  /** What may be outstanding in one appender, in all lanes. */
  readonly appenderLimits: AppendLimits;
  /**
   * How long a batch is tried before it is given up. The official SDKs wait 30 s for a PUBACK before they call a publish
   * failed; this is a little less, so that the device learns of it by its closed connection.
   */
  readonly giveUpMs: number;
  /** How long one try may take. */
  readonly sendTimeoutMs: number;
}

export interface KafkaEventLogOptions extends Partial<KafkaConnectionSettings>, Partial<LaneSettings> {
  readonly brokers: readonly string[];
  readonly clock?: Clock;
  /** Copies of each record, at most as many as there are brokers; 3 if not given. */
  readonly replication?: number;
}

export interface KafkaSettings extends KafkaConnectionSettings, LaneSettings {
  readonly replication: number;
}

const MIB = 1024 * 1024;

export function kafkaSettings(options: KafkaEventLogOptions): KafkaSettings {
  return {
    clientId: 'mooring',
    connectTimeoutMs: 3_000,
    requestTimeoutMs: 5_000,
    lingerMs: 2,
    maxBatchBytes: 768 * 1024,
    maxRequestBytes: 4 * MIB,
    laneLimits: { records: 20_000, bytes: 32 * MIB },
    appenderLimits: { records: 40_000, bytes: 64 * MIB },
    giveUpMs: 25_000,
    sendTimeoutMs: 10_000,
    replication: 3,
    ...options,
  };
}
