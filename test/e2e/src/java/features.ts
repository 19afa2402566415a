import type { Subject } from '../both-directions/subject.js';
import type { EventCollector } from '../support/event-collector.js';
import { connectionFeatures } from './connection-features.js';
import type { JavaSdk, Protocol } from './java-sdk.js';
import { messageFeatures } from './message-features.js';
import { telemetryFeatures } from './telemetry-features.js';
import { twinFeatures } from './twin-features.js';

/** A hub, and those who look at it. */
export interface JavaBench {
  readonly subject: Subject;
  readonly sdk: JavaSdk;
  readonly collector: EventCollector;
}

/** What the SDK does over some protocols. */
export interface JavaFeature {
  readonly name: string;
  /** Those over which the SDK has it. */
  readonly protocols: readonly Protocol[];
  /** @param deviceId of no other feature and protocol */
  prove(bench: JavaBench, protocol: Protocol, deviceId: string): Promise<void>;
}

export const FEATURES: readonly JavaFeature[] = [
  ...telemetryFeatures,
  ...messageFeatures,
  ...twinFeatures,
  ...connectionFeatures,
];
