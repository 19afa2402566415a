import { LinkError } from '@mooring/amqp';
import type { DesiredChange, MethodRequest } from '../../device-session/live/live-connection.js';
import type { DeviceBoundLink } from '../messages/device-bound-link.js';
import { encodeMethodRequest } from '../methods/method-messages.js';
import type { TwinLink } from '../twin/twin-link.js';
import { encodeDesiredChange } from '../twin/twin-messages.js';
import type { Outbox } from './outbox.js';

/** The open links on which a device receives. */
export class Receivers {
  private messages: DeviceBoundLink | undefined;
  /** Until what older links held of the queue is free. */
  private freed: Promise<unknown> = Promise.resolve();
  private methods: Outbox | undefined;
  private readonly twins = new Set<TwinLink>();
  /** Of the link that wants to hear of desired properties; undefined: none does. */
  private desiredChannel: string | undefined;

  get areFull(): boolean {
    return this.methods?.isFull === true || [...this.twins].some((twin) => twin.isFull);
  }

  get wantDesired(): boolean {
    return this.desiredChannel !== undefined && this.twins.size > 0;
  }

  /** A device listens while the link for methods has credit. */
  get wantMethods(): boolean {
    return this.methods?.hasCredit === true;
  }

  /** A queue has one reader: the newer. @returns when it may read */
  openMessages(link: DeviceBoundLink): Promise<unknown> {
    const older = this.messages;
    this.messages = link;
    older?.end(new LinkError('amqp:link:stolen', 'The device has attached another link to its queue.'));
    return this.freed;
  }

  /** @param freed when what it held is free; the queue does not tell its links apart */
  closeMessages(link: DeviceBoundLink, freed: Promise<void>): void {
    this.freed = Promise.all([this.freed, freed]);
    if (this.messages === link) {
      this.messages = undefined;
    }
  }

  hintMessages(): void {
    this.messages?.hint();
  }

  openMethods(link: Outbox): void {
    this.methods = link;
  }

  closeMethods(link: Outbox): void {
    if (this.methods === link) {
      this.methods = undefined;
    }
  }

  requestMethod(request: MethodRequest): void {
    this.methods?.send(encodeMethodRequest(request));
  }

  openTwin(link: TwinLink): void {
    this.twins.add(link);
  }

  closeTwin(link: TwinLink): void {
    this.twins.delete(link);
    if (this.twins.size === 0) {
      this.desiredChannel = undefined;
    }
  }

  /** The link of a channel, or any other if there is none of it. */
  twin(channel: string): TwinLink | undefined {
    const twins = [...this.twins];
    return twins.find((twin) => twin.channel === channel) ?? twins[0];
  }

  /** @param channel undefined: changes are wanted no more */
  subscribeDesired(channel: string | undefined): void {
    this.desiredChannel = channel;
  }

  pushDesired(change: DesiredChange): void {
    if (this.desiredChannel !== undefined) {
      this.twin(this.desiredChannel)?.send(encodeDesiredChange(change));
    }
  }
}
