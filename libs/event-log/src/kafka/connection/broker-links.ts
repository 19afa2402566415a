import { EventLogError } from '../../errors.js';
import type { KafkaConnectionSettings } from '../settings.js';
import { BrokerLink } from './broker-link.js';
import type { ClusterView } from './cluster-view.js';

/** One connection to each broker, for one purpose; follows a broker that changes its address. */
export class BrokerLinks {
  private readonly links = new Map<number, BrokerLink>();

  constructor(
    private readonly view: ClusterView,
    private readonly settings: KafkaConnectionSettings,
  ) {}

  /** @throws EventLogError if nobody knows the broker's address */
  to(broker: number): BrokerLink {
    const address = this.view.addressOf(broker);
    const known = this.links.get(broker);
    if (address === undefined) {
      throw new EventLogError(`Kafka broker ${broker} is gone.`);
    }
    if (known?.address.host === address.host && known.address.port === address.port) {
      return known;
    }
    known?.discard(new EventLogError(`Kafka broker ${broker} has another address now.`));
    const link = new BrokerLink(address, this.settings);
    this.links.set(broker, link);
    return link;
  }

  /** Ends the connection to a broker, if there is one. */
  discard(broker: number, reason: Error): void {
    this.links.get(broker)?.discard(reason);
  }

  close(): void {
    for (const link of this.links.values()) {
      link.discard(new EventLogError('The event log is closed.'));
    }
    this.links.clear();
  }
}
