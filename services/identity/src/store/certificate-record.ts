import { recordCodec, type Stored, type Versioned } from '@mooring/document-store';
import type { OutboxRecord } from '@mooring/outbox';
import type { Certificate } from '../domain/certificate.js';
import type { PendingEvent } from '../domain/pending-event.js';

interface Body extends OutboxRecord<PendingEvent>, Omit<Certificate, 'name'> {
  /** It was declared in the configuration, and goes when it no longer is. */
  readonly declared: boolean;
  readonly status: 'active' | 'deleted';
}

/** A device CA certificate; `_id` is its name. */
export type CertificateRecord = Versioned<Body>;

const codec = recordCodec<Body>({ name: 'certificate', current: 1, upgrades: [] });

export function toCertificateRecord(
  { name, ...certificate }: Certificate,
  { declared, pending }: { declared: boolean; pending: readonly PendingEvent[] },
): CertificateRecord {
  return codec.encode({
    _id: name,
    ...certificate,
    declared,
    status: 'active',
    pending,
    pendingSince: pending[0]?.time,
  });
}

export function fromCertificateRecord(stored: Stored<CertificateRecord>): Certificate {
  const { _id, pem, subject, thumbprint, notBefore, notAfter, etag, createdTime } = codec.decode(stored);
  return { name: _id, pem, subject, thumbprint, notBefore, notAfter, etag, createdTime };
}
