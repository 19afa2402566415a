import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';

/** Certificate chain and private key, PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateFilesOptions {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Contents are compared, since file events do not survive the ways by which secrets are mounted and replaced. */
const CHECK_MS = 5_000;

/**
 * The server's certificate, read again when its files change. Files that do not go together (one of the two is replaced
 * first) are left until they do.
 */
export class CertificateFiles {
  private timer: Timer | undefined;
  private reading = false;

  private constructor(
    private readonly options: CertificateFilesOptions,
    /** What was read last, usable or not. */
    private seen: ServerCertificate,
  ) {}

  /** @throws Error if the files cannot be read or used */
  static async open(
    options: CertificateFilesOptions,
  ): Promise<{ readonly files: CertificateFiles; readonly certificate: ServerCertificate }> {
    const certificate = await readFiles(options);
    checkUsable(certificate);
    return { files: new CertificateFiles(options, certificate), certificate };
  }

  watch(changed: (certificate: ServerCertificate) => void): void {
    this.timer = this.options.clock.every(CHECK_MS, () => void this.check(changed));
  }

  close(): void {
    this.timer?.cancel();
  }

  private async check(changed: (certificate: ServerCertificate) => void): Promise<void> {
    if (this.reading) {
      return;
    }
    this.reading = true;
    const { log, certificateFile } = this.options;
    try {
      const certificate = await readFiles(this.options);
      if (certificate.cert !== this.seen.cert || certificate.key !== this.seen.key) {
        this.seen = certificate;
        checkUsable(certificate);
        changed(certificate);
        log.info({ certificateFile }, 'the server certificate was changed');
      }
    } catch (error) {
      log.error({ certificateFile, err: error }, 'the new server certificate cannot be used; the old one is kept');
    } finally {
      this.reading = false;
    }
  }
}

async function readFiles({ certificateFile, keyFile }: CertificateFilesOptions): Promise<ServerCertificate> {
  const [cert, key] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { cert, key };
}

/**
 * A file that is being written is empty for a moment, and TLS would take that for a server without a certificate.
 *
 * @throws Error if there is no certificate, or the key is not its own
 */
function checkUsable({ cert, key }: ServerCertificate): void {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error('The key is not that of the certificate.');
  }
  createSecureContext({ cert, key });
}
