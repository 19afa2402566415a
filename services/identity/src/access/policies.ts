import type { Clock } from '@mooring/clock';
import type { Collection, Filter, Stored } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import type { KeyVault } from '../domain/model.js';
import { appendPending, newEventId, type PendingEvent } from '../domain/pending-event.js';
import {
  checkPolicyName,
  DEFAULT_POLICIES,
  MAX_POLICIES,
  nextPolicy,
  OWNER_POLICY,
  type Policy,
  type RequestedPolicy,
  samePolicy,
  sameRights,
} from '../domain/policy.js';
import { changeDocument } from '../store/change-document.js';
import { fromPolicyRecord, type PolicyRecord, toPolicyRecord } from '../store/policy-record.js';

export interface PoliciesOptions {
  readonly collection: Collection<PolicyRecord>;
  readonly vault: KeyVault;
  readonly clock: Clock;
  /** Of the configuration: what it says about a policy holds, whatever is stored. */
  readonly declared: readonly RequestedPolicy[];
  /** Told what is pending in a record that was just written. */
  readonly written: (name: string, pending: readonly PendingEvent[]) => void;
}

type Found = Stored<PolicyRecord> | undefined;

/** The hub's shared access policies. */
export class Policies {
  private readonly declared: ReadonlyMap<string, RequestedPolicy>;

  constructor(private readonly options: PoliciesOptions) {
    this.declared = new Map(options.declared.map((policy) => [policy.name, policy]));
  }

  /** Makes the default policies at the first start, and at every start what is declared. */
  async reconcile(): Promise<void> {
    for (const policy of DEFAULT_POLICIES.filter(({ name }) => !this.declared.has(name))) {
      // One that was deleted has left its record, and is not made again.
      await this.change(policy.name, (found) => (found === undefined ? this.next(found, policy, false) : undefined));
    }
    for (const policy of this.declared.values()) {
      await this.change(policy.name, (found) => this.next(found, policy, true));
    }
    const noLonger = (await this.active({ declared: true })).filter(({ _id }) => !this.declared.has(_id));
    for (const { _id: name } of noLonger) {
      await this.change(name, (found) => {
        return found && isDefault(name) ? { ...found, declared: false } : this.removed(found);
      });
    }
  }

  async list(): Promise<Policy[]> {
    return (await this.active({})).map((record) => fromPolicyRecord(record, this.options.vault));
  }

  /** @throws HubError `ArgumentInvalid`, `InvalidOperation` */
  async put(requested: RequestedPolicy): Promise<Policy> {
    const { name } = requested;
    checkPolicyName(name);
    this.checkDeclared(requested);
    const others = await this.active({ _id: { $ne: name } });
    if (others.length >= MAX_POLICIES) {
      throw new HubError('InvalidOperation', `There are at most ${MAX_POLICIES} shared access policies.`);
    }
    await this.change(name, (found) => this.next(found, requested, this.declared.has(name)));
    return this.get(name);
  }

  /** @throws HubError `ResourceNotFound`, `InvalidOperation` */
  async delete(name: string): Promise<void> {
    if (name === OWNER_POLICY) {
      throw new HubError('InvalidOperation', `The policy ${OWNER_POLICY} cannot be deleted.`);
    }
    if (this.declared.has(name)) {
      throw declaredElsewhere(name);
    }
    checkPolicyName(name);
    await this.change(name, (found) => {
      if (found?.status !== 'active') {
        throw notFound(name);
      }
      return this.removed(found);
    });
  }

  private async get(name: string): Promise<Policy> {
    const record = await this.options.collection.get(name);
    if (record?.status !== 'active') {
      throw notFound(name);
    }
    return fromPolicyRecord(record, this.options.vault);
  }

  private async active(filter: Filter): Promise<Stored<PolicyRecord>[]> {
    return this.options.collection.query({ filter: { ...filter, status: 'active' }, limit: READ_LIMIT });
  }

  /** What is declared holds: of a policy without declared keys only these can be renewed. */
  private checkDeclared({ name, rights }: RequestedPolicy): void {
    const declared = this.declared.get(name);
    if (declared === undefined) {
      return;
    }
    const renewsKeys = declared.primaryKey === undefined && declared.secondaryKey === undefined;
    if (!renewsKeys || !sameRights(rights, declared.rights)) {
      throw declaredElsewhere(name);
    }
  }

  private next(found: Found, requested: RequestedPolicy, declared: boolean): PolicyRecord | undefined {
    const current = found?.status === 'active' ? fromPolicyRecord(found, this.options.vault) : undefined;
    const policy = nextPolicy(current, requested);
    if (current === undefined || !samePolicy(current, policy)) {
      return toPolicyRecord(policy, this.options.vault, { declared, pending: this.pendingOf(found) });
    }
    return found?.declared === declared ? undefined : found && { ...found, declared };
  }

  private removed(found: Found): PolicyRecord | undefined {
    if (found === undefined) {
      return undefined;
    }
    const pending = this.pendingOf(found);
    return { ...found, status: isDefault(found._id) ? 'removed' : 'deleted', pending, pendingSince: pending[0]?.time };
  }

  private pendingOf(found: Found): readonly PendingEvent[] {
    return appendPending(found?.pending ?? [], [
      { id: newEventId(), kind: 'policies', time: this.options.clock.now() },
    ]);
  }

  private async change(name: string, next: (found: Found) => PolicyRecord | undefined): Promise<void> {
    const { document } = await changeDocument(this.options.collection, name, (found) => ({
      document: next(found),
      result: undefined,
    }));
    if (document !== undefined) {
      this.options.written(document._id, document.pending);
    }
  }
}

/** Above the limits of policies, with those that are declared beyond them. */
const READ_LIMIT = 1_000;

function isDefault(name: string): boolean {
  return DEFAULT_POLICIES.some((policy) => policy.name === name);
}

function notFound(name: string): HubError {
  return new HubError('ResourceNotFound', `There is no shared access policy ${name}.`);
}

function declaredElsewhere(name: string): HubError {
  return new HubError('InvalidOperation', `The policy ${name} is declared in the configuration; change it there.`);
}
