import { EventLogError } from '../../errors.js';
import { BrokerLink } from '../connection/broker-link.js';
import type { ClusterView } from '../connection/cluster-view.js';
import {
  type Broker,
  GROUP_COORDINATOR,
  isBrokersAnswer,
  MemberAssignment,
  MemberMetadata,
} from '../connection/kafkajs-internals.js';
import type { KafkaConnectionSettings } from '../settings.js';

/** A member is taken for dead after so long without a heartbeat: the least that Kafka allows unless told otherwise. */
const SESSION_TIMEOUT_MS = 6_000;
/** How long the others wait for a member to join again. */
const REBALANCE_TIMEOUT_MS = 20_000;
const PROTOCOL = 'roundrobin';
const PROTOCOL_VERSION = 0;

/** A place in a group, until the group is shared out anew. */
export interface Membership {
  readonly generationId: number;
  readonly memberId: string;
  readonly partitions: readonly number[];
}

/** One member's dealings with the broker that coordinates its group. */
export class GroupCoordinator {
  private link: BrokerLink | undefined;
  /** Given by the coordinator at the first join. */
  private memberId = '';
  private turn = 0;

  constructor(
    private readonly view: ClusterView,
    private readonly settings: KafkaConnectionSettings,
    private readonly place: { readonly group: string; readonly topic: string },
  ) {}

  /** Waits until all members of the group have joined. */
  async join(): Promise<Membership> {
    const { group, topic } = this.place;
    const joined = await this.ask(REBALANCE_TIMEOUT_MS + this.settings.requestTimeoutMs, (broker) =>
      broker.joinGroup({
        groupId: group,
        sessionTimeout: SESSION_TIMEOUT_MS,
        rebalanceTimeout: REBALANCE_TIMEOUT_MS,
        memberId: this.memberId,
        groupProtocols: [
          { name: PROTOCOL, metadata: MemberMetadata.encode({ version: PROTOCOL_VERSION, topics: [topic] }) },
        ],
      }),
    );
    const { generationId, memberId } = joined;
    this.memberId = memberId;
    const groupAssignment = joined.leaderId === memberId ? await this.assign(joined.members) : [];
    const { memberAssignment } = await this.ask(this.settings.requestTimeoutMs, (broker) =>
      broker.syncGroup({ groupId: group, generationId, memberId, groupAssignment }),
    );
    const partitions = MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? [];
    return { generationId, memberId, partitions };
  }

  /** Rejects if the group is to be joined again. */
  async heartbeat({ generationId, memberId }: Membership): Promise<void> {
    await this.ask(this.settings.requestTimeoutMs, (broker) =>
      broker.heartbeat({ groupId: this.place.group, groupGenerationId: generationId, memberId }),
    );
  }

  /** Offset to go on from, of those partitions that have one. */
  async committed(partitions: readonly number[]): Promise<Map<number, number>> {
    const { group, topic } = this.place;
    const { responses } = await this.ask(this.settings.requestTimeoutMs, (broker) =>
      broker.offsetFetch({
        groupId: group,
        topics: [{ topic, partitions: partitions.map((partition) => ({ partition })) }],
      }),
    );
    const offsets = responses.flatMap((one) => one.partitions);
    return new Map(offsets.filter((one) => Number(one.offset) >= 0).map((one) => [one.partition, Number(one.offset)]));
  }

  async commit({ generationId, memberId }: Membership, offsets: ReadonlyMap<number, number>): Promise<void> {
    const { group, topic } = this.place;
    const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: `${offset}` }));
    await this.ask(this.settings.requestTimeoutMs, (broker) =>
      broker.offsetCommit({
        groupId: group,
        groupGenerationId: generationId,
        memberId,
        topics: [{ topic, partitions }],
      }),
    );
  }

  /** So that the others need not wait for the member to be taken for dead. */
  async leave(): Promise<void> {
    const { memberId } = this;
    if (memberId !== '') {
      await this.ask(this.settings.requestTimeoutMs, (broker) =>
        broker.leaveGroup({ groupId: this.place.group, memberId }),
      ).catch(() => undefined);
    }
    this.close();
  }

  /** Ends the connection; what is being asked fails. */
  close(): void {
    this.link?.discard(new EventLogError('The member has left its group.'));
    this.link = undefined;
  }

  private async ask<T>(timeoutMs: number, action: (broker: Broker) => Promise<T>): Promise<T> {
    this.link ??= await this.find();
    try {
      return await this.link.ask(timeoutMs, action);
    } catch (error) {
      this.judge(error);
      throw error;
    }
  }

  /** Who must be asked, and as whom, after an error. */
  private judge(error: unknown): void {
    const type = isBrokersAnswer(error) ? (error as { type?: string }).type : undefined;
    if (type === 'UNKNOWN_MEMBER_ID') {
      this.memberId = '';
    }
    if (type === undefined || type.includes('COORDINATOR')) {
      this.close();
    }
  }

  private async find(): Promise<BrokerLink> {
    const addresses = this.view.addresses();
    const address = addresses[this.turn++ % addresses.length];
    if (address === undefined) {
      throw new EventLogError('No Kafka broker is known.');
    }
    const guide = new BrokerLink(address, this.settings);
    try {
      const { coordinator } = await guide.ask(this.settings.requestTimeoutMs, (broker) =>
        broker.findGroupCoordinator({ groupId: this.place.group, coordinatorType: GROUP_COORDINATOR }),
      );
      return new BrokerLink({ host: coordinator.host, port: coordinator.port }, this.settings);
    } finally {
      guide.discard(new EventLogError('The coordinator is known.'));
    }
  }

  /** Deals out each topic's partitions among the members that want it. */
  private async assign(
    members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[],
  ): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
    const wishes = members.map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: MemberMetadata.decode(memberMetadata).topics,
      assignment: {} as Record<string, number[]>,
    }));
    for (const topic of new Set(wishes.flatMap((wish) => wish.topics))) {
      const takers = wishes.filter((wish) => wish.topics.includes(topic)).sort(byMemberId);
      const partitions = await this.view.topic(topic);
      for (const partition of partitions.keys()) {
        const { assignment } = takers[partition % takers.length] as (typeof takers)[number];
        assignment[topic] = [...(assignment[topic] ?? []), partition];
      }
    }
    return wishes.map(({ memberId, assignment }) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({ version: PROTOCOL_VERSION, assignment }),
    }));
  }
}

function byMemberId(a: { readonly memberId: string }, b: { readonly memberId: string }): number {
  return a.memberId < b.memberId ? -1 : 1;
}
