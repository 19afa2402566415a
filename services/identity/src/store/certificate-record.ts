import type { Stored } from '@mooring/document-store';
import type { Certificate } from '../domain/certificate.js';
import type { PendingEvent } from '../domain/pending-event.js';
import type { OutboxRecord } from '../events/outbox-record.js';
import { RecordSchema, type VersionedRecord } from './schema.js';

/** A device CA certificate; `_id` is its name. */
export interface CertificateRecord extends VersionedRecord, OutboxRecord, Omit<Certificate, 'name'> {
  /** It was declared in the configuration, and goes when it no longer is. */
  readonly declared: boolean;
  readonly status: 'active' | 'deleted';
}

export const certificateSchema = new RecordSchema<CertificateRecord>('certificates');

export function toCertificateRecord(
  { name, ...certificate }: Certificate,
  { declared, pending }: { declared: boolean; pending: readonly PendingEvent[] },
): CertificateRecord {
  return {
    _id: name,
    schema: certificateSchema.version,
    ...certificate,
    declared,
    status: 'active',
    pending,
    pendingSince: pending[0]?.time,
  };
}

export function fromCertificateRecord(stored: Stored<CertificateRecord>): Certificate {
  const { _id, pem, subject, thumbprint, notBefore, notAfter, etag, createdTime } = certificateSchema.read(stored);
  return { name: _id, pem, subject, thumbprint, notBefore, notAfter, etag, createdTime };
}
