import { recordCodec, type Stored, type Versioned } from '@mooring/document-store';
import type { OutboxRecord } from '@mooring/outbox';
import type { KeyVault } from '../domain/model.js';
import type { PendingEvent } from '../domain/pending-event.js';
import type { Policy, PolicyRight } from '../domain/policy.js';

interface Body extends OutboxRecord<PendingEvent> {
  readonly rights: readonly PolicyRight[];
  readonly sealedKeys: string;
  readonly etag: string;
  /** It was declared in the configuration, and goes when it no longer is. */
  readonly declared: boolean;
  /** `removed`: stays as a mark that a default policy is not to be made again. */
  readonly status: 'active' | 'removed' | 'deleted';
}

/** A shared access policy; `_id` is its name. */
export type PolicyRecord = Versioned<Body>;

const codec = recordCodec<Body>({ name: 'policy', current: 1, upgrades: [] });

export function toPolicyRecord(
  policy: Policy,
  vault: KeyVault,
  { declared, pending }: { declared: boolean; pending: readonly PendingEvent[] },
): PolicyRecord {
  return codec.encode({
    _id: policy.name,
    rights: policy.rights,
    sealedKeys: vault.seal(policy.keys, owner(policy.name)),
    etag: policy.etag,
    declared,
    status: 'active',
    pending,
    pendingSince: pending[0]?.time,
  });
}

export function fromPolicyRecord(stored: Stored<PolicyRecord>, vault: KeyVault): Policy {
  const { _id, rights, sealedKeys, etag } = codec.decode(stored);
  return { name: _id, rights, keys: vault.open(sealedKeys, owner(_id)), etag };
}

function owner(name: string): string {
  return `policy/${name}`;
}
