import type { DeviceIdentity } from '../device-session/device-identity.js';

/** What a device publishes to a topic of an operation (`$iothub/…`). */
export interface DeviceOperation {
  /** Whom the connection was admitted as. */
  readonly identity: DeviceIdentity;
  readonly topic: string;
  /** A copy; the handler may keep it. */
  readonly payload: Buffer;
}

/** Carries out an operation; the publish is acknowledged when it resolves, the connection closed when it rejects. */
export type TopicHandler = (operation: DeviceOperation) => Promise<void>;

/** The operations that devices can ask for by publishing, by the beginning of their topic. */
export class TopicHandlers {
  private readonly byPrefix: { readonly prefix: string; readonly handler: TopicHandler }[] = [];

  /** @param prefix e.g. `$iothub/twin/GET/` */
  register(prefix: string, handler: TopicHandler): void {
    this.byPrefix.push({ prefix, handler });
  }

  find(topic: string): TopicHandler | undefined {
    return this.byPrefix.find(({ prefix }) => topic.startsWith(prefix))?.handler;
  }
}
