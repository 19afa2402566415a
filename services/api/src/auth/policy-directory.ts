import type { Clock } from '@mooring/clock';
import type { EventLog, StoredRecord, Subscription } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import { control, type identity } from '@mooring/proto';
import { type SharedAccessPolicy, sharedAccessPolicy } from './shared-access-policy.js';

/** Policies are asked for again after this time even if no change was heard of. */
const MAX_AGE_MS = 10_000;
/** An unknown name makes the directory ask again at most this often. */
const UNKNOWN_NAME_INTERVAL_MS = 1_000;

export interface PolicyDirectoryOptions {
  readonly identity: Pick<identity.IdentityService, 'listPolicies'>;
  readonly log: Pick<EventLog, 'follow'>;
  /** The topic on which changes of policies are broadcast. */
  readonly controlTopic: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The shared access policies of the hub, held in memory. A change takes effect as soon as its broadcast is heard: what is held
 * is never used after that, nor once it is older than `MAX_AGE_MS`.
 */
export class PolicyDirectory {
  private policies: ReadonlyMap<string, SharedAccessPolicy> = new Map();
  private loading: Promise<void> | undefined;
  private loadedAt = Number.NEGATIVE_INFINITY;
  /** Counts the changes heard of, so that a load that one of them overtook is done again. */
  private changes = 0;
  private loadedChanges = -1;
  private subscription: Subscription | undefined;
  private readonly listeners = new Set<() => void>();

  private constructor(private readonly options: PolicyDirectoryOptions) {}

  /** Begins to hear of changes. The policies are read when the first is asked for. */
  static async open(options: PolicyDirectoryOptions): Promise<PolicyDirectory> {
    const directory = new PolicyDirectory(options);
    directory.subscription = await options.log.follow(options.controlTopic, (record) => directory.hear(record));
    return directory;
  }

  /**
   * The policy of that name; undefined if there is none.
   * Rejects if the policies may have changed and cannot be read.
   */
  async find(name: string): Promise<SharedAccessPolicy | undefined> {
    while (!this.isFresh(this.policies.has(name) ? MAX_AGE_MS : UNKNOWN_NAME_INTERVAL_MS)) {
      this.loading ??= this.load().finally(() => {
        this.loading = undefined;
      });
      await this.loading;
    }
    return this.policies.get(name);
  }

  /**
   * Calls `listener` after each change of any policy, so that what a policy admitted before can be looked at again.
   * @returns what ends that
   */
  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.listeners.clear();
    await this.subscription?.close();
  }

  private isFresh(maxAgeMs: number): boolean {
    return this.loadedChanges === this.changes && this.options.clock.monotonic() - this.loadedAt < maxAgeMs;
  }

  private async load(): Promise<void> {
    const { changes } = this;
    const { policies } = await this.options.identity.listPolicies({});
    this.policies = new Map(policies.map((policy) => [policy.name, sharedAccessPolicy(policy)]));
    this.loadedAt = this.options.clock.monotonic();
    this.loadedChanges = changes;
  }

  private hear(record: StoredRecord): void {
    if (eventOf(record, this.options.logger) !== 'policiesChanged') {
      return;
    }
    this.changes += 1;
    for (const listener of this.listeners) {
      listener();
    }
  }
}

function eventOf(record: StoredRecord, logger: Logger): string | undefined {
  try {
    return control.ControlEvent.decode(record.value).event?.$case;
  } catch (error) {
    // A broadcast in a form that this release cannot read must not end the following of those that it can.
    logger.warn({ err: error, topic: record.topic, offset: record.offset }, 'A broadcast cannot be read');
    return undefined;
  }
}
