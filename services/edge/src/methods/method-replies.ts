import type { Logger } from '@mooring/observability';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import type { EdgesByPrefix } from './edges-by-prefix.js';
import type { MethodCalls, MethodReply } from './method-calls.js';
import { prefixOfRequest } from './request-ids.js';

/** What became of a device's answer; a label of the metric. */
export type ReplyOutcome = 'accepted' | 'forwarded' | 'unexpected' | 'malformed' | 'undelivered';

export interface MethodRepliesOptions {
  readonly calls: MethodCalls;
  /** Of the request ids that are made here. */
  readonly prefix: string;
  /** Absent: there are no other edges. */
  readonly others: EdgesByPrefix | undefined;
  readonly onReply: (outcome: ReplyOutcome, identity: DeviceIdentity) => void;
  readonly log: Logger;
}

/**
 * Takes answers of devices to where their callers wait, which may be another edge. One that nobody waits for (late, doubled,
 * of another device, made up) is told, and nothing else.
 */
export class MethodReplies {
  constructor(private readonly options: MethodRepliesOptions) {}

  /** Never rejects. */
  async accept(identity: DeviceIdentity, requestId: string, reply: MethodReply): Promise<void> {
    const { prefix, onReply } = this.options;
    const target = prefixOfRequest(requestId);
    if (target === undefined) {
      onReply('malformed', identity);
    } else if (target === prefix) {
      this.acceptHere(identity, requestId, reply);
    } else {
      onReply(await this.forward(target, identity, { requestId, ...reply }), identity);
    }
  }

  /** An answer to a call that was made here, whichever edge the device is connected to by now. */
  acceptHere(identity: DeviceIdentity, requestId: string, reply: MethodReply): void {
    const { calls, onReply } = this.options;
    onReply(calls.answer(identity.name, requestId, reply) ? 'accepted' : 'unexpected', identity);
  }

  private async forward(
    target: string,
    { deviceId, moduleId }: DeviceIdentity,
    reply: MethodReply & { readonly requestId: string },
  ): Promise<ReplyOutcome> {
    try {
      const other = await this.options.others?.find(target);
      if (other === undefined) {
        return 'unexpected';
      }
      await other.forwardMethodReply({ key: { deviceId, moduleId }, ...reply });
      return 'forwarded';
    } catch (error) {
      this.options.log.warn({ err: error, deviceId }, 'an answer to a method call could not be forwarded');
      return 'undelivered';
    }
  }
}
