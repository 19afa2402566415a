import type { Clock } from '@mooring/clock';
import type { Collection, Filter, Stored } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import {
  type Certificate,
  checkCertificateName,
  checkNotEnded,
  MAX_CERTIFICATES,
  newCertificate,
  type RequestedCertificate,
} from '../domain/certificate.js';
import { appendPending, newEventId, type PendingEvent } from '../domain/pending-event.js';
import { type CertificateRecord, fromCertificateRecord, toCertificateRecord } from '../store/certificate-record.js';
import { changeDocument } from '../store/change-document.js';

export interface CertificatesOptions {
  readonly collection: Collection<CertificateRecord>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the configuration: what it says about a certificate holds, whatever is stored. */
  readonly declared: readonly RequestedCertificate[];
  /** Told what is pending in a record that was just written. */
  readonly written: (name: string, pending: readonly PendingEvent[]) => void;
}

type Found = Stored<CertificateRecord> | undefined;

/** Certificates of the authorities that issue devices' certificates. */
export class Certificates {
  private readonly declared: ReadonlyMap<string, RequestedCertificate>;

  constructor(private readonly options: CertificatesOptions) {
    this.declared = new Map(options.declared.map((certificate) => [certificate.name, certificate]));
  }

  /**
   * Makes true what is declared; to be called at every start.
   *
   * @throws HubError `ArgumentInvalid` naming the declared certificate that is none of an authority
   */
  async reconcile(): Promise<void> {
    const { clock, logger } = this.options;
    for (const requested of this.declared.values()) {
      const certificate = declaredCertificate(requested, clock.now());
      if (certificate.notAfter < clock.now()) {
        logger.warn({ certificate: requested.name }, 'a declared device CA certificate has expired');
      }
      await this.change(requested.name, (found) => this.next(found, certificate, true));
    }
    const noLonger = (await this.active({ declared: true })).filter(({ _id }) => !this.declared.has(_id));
    for (const { _id: name } of noLonger) {
      await this.change(name, (found) => this.removed(found));
    }
  }

  async list(): Promise<Certificate[]> {
    return (await this.active({})).map(fromCertificateRecord);
  }

  /** @throws HubError `ArgumentInvalid`, `InvalidOperation` */
  async put(requested: RequestedCertificate): Promise<Certificate> {
    const { name } = requested;
    this.checkNotDeclared(name);
    const now = this.options.clock.now();
    const certificate = newCertificate(requested, now);
    checkNotEnded(certificate, now);
    const others = await this.active({ _id: { $ne: name } });
    if (others.length >= MAX_CERTIFICATES) {
      throw new HubError('InvalidOperation', `There are at most ${MAX_CERTIFICATES} device CA certificates.`);
    }
    await this.change(name, (found) => this.next(found, certificate, false));
    const stored = await this.options.collection.get(name);
    return stored?.status === 'active' ? fromCertificateRecord(stored) : certificate;
  }

  /** @throws HubError `ResourceNotFound`, `InvalidOperation`, `ArgumentInvalid` */
  async delete(name: string): Promise<void> {
    this.checkNotDeclared(name);
    checkCertificateName(name);
    await this.change(name, (found) => {
      if (found?.status !== 'active') {
        throw new HubError('ResourceNotFound', `There is no device CA certificate ${name}.`);
      }
      return this.removed(found);
    });
  }

  private checkNotDeclared(name: string): void {
    if (this.declared.has(name)) {
      throw new HubError(
        'InvalidOperation',
        `The certificate ${name} is declared in the configuration; change it there.`,
      );
    }
  }

  private async active(filter: Filter): Promise<Stored<CertificateRecord>[]> {
    return this.options.collection.query({ filter: { ...filter, status: 'active' }, limit: READ_LIMIT });
  }

  private next(found: Found, certificate: Certificate, declared: boolean): CertificateRecord | undefined {
    if (found?.status === 'active' && found.thumbprint === certificate.thumbprint) {
      return found.declared === declared ? undefined : { ...found, declared };
    }
    return toCertificateRecord(certificate, { declared, pending: this.pendingOf(found) });
  }

  private removed(found: Found): CertificateRecord | undefined {
    if (found === undefined) {
      return undefined;
    }
    const pending = this.pendingOf(found);
    return { ...found, status: 'deleted', pending, pendingSince: pending[0]?.time };
  }

  private pendingOf(found: Found): readonly PendingEvent[] {
    return appendPending(found?.pending ?? [], [
      { id: newEventId(), kind: 'certificates', time: this.options.clock.now() },
    ]);
  }

  private async change(name: string, next: (found: Found) => CertificateRecord | undefined): Promise<void> {
    const { document } = await changeDocument(this.options.collection, name, (found) => ({
      document: next(found),
      result: undefined,
    }));
    if (document !== undefined) {
      this.options.written(document._id, document.pending);
    }
  }
}

/** Above the limit of certificates, with those that are declared beyond it. */
const READ_LIMIT = 1_000;

function declaredCertificate(requested: RequestedCertificate, now: number): Certificate {
  try {
    return newCertificate(requested, now);
  } catch (error) {
    const { message } = error as Error;
    throw new HubError('ArgumentInvalid', `certificates: ${requested.name}: ${message}`, { cause: error });
  }
}
