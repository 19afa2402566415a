import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { type ChannelCredentials, experimental } from '@grpc/grpc-js';
import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';

/** PEM texts of one end of mutual TLS. */
export interface PeerMaterial {
  /** The authorities that may have signed the other end's certificate; several while one replaces another. */
  readonly authority: Buffer;
  /** The own certificate, with intermediates behind it. */
  readonly certificate: Buffer;
  readonly key: Buffer;
}

export interface PeerCertificatesOptions {
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Contents are compared, since file events do not survive the ways by which secrets are mounted and replaced. */
const CHECK_MS = 5_000;

/**
 * The certificates of a process, for all its servers and clients. The files are read again when they change; connections
 * made from then on use them, those that are open go on. Files that do not go together (one is replaced before the others)
 * are left until they do.
 */
export class PeerCertificates {
  private readonly listeners = new Set<(material: PeerMaterial) => void>();
  private readonly timer: Timer;
  private reading: Promise<void> | undefined;
  /** One for all clients, so that those of the same peer share connections. */
  private credentials: ChannelCredentials | undefined;

  private constructor(
    private readonly options: PeerCertificatesOptions,
    private material: PeerMaterial,
    /** What was read last, usable or not. */
    private seen: PeerMaterial,
  ) {
    this.timer = options.clock.every(CHECK_MS, () => void this.reload());
  }

  /** @throws Error if the files cannot be read or used */
  static async open(options: PeerCertificatesOptions): Promise<PeerCertificates> {
    const material = await readFiles(options);
    checkUsable(material);
    return new PeerCertificates(options, material, material);
  }

  get current(): PeerMaterial {
    return this.material;
  }

  /** @returns ends the watching */
  watch(changed: (material: PeerMaterial) => void): () => void {
    this.listeners.add(changed);
    return () => void this.listeners.delete(changed);
  }

  /** Looks at the files now, as is done every five seconds. */
  reload(): Promise<void> {
    this.reading ??= this.check().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  close(): void {
    this.timer.cancel();
    this.listeners.clear();
  }

  /** For clients: each connection is made with what is current then. */
  get channelCredentials(): ChannelCredentials {
    this.credentials ??= this.createChannelCredentials();
    return this.credentials;
  }

  private createChannelCredentials(): ChannelCredentials {
    const authorities = new Map<object, () => void>();
    const identities = new Map<object, () => void>();
    const provider: experimental.CertificateProvider = {
      addCaCertificateListener: (listener) => {
        const announce = ({ authority }: PeerMaterial) => listener({ caCertificate: authority });
        authorities.set(listener, this.watch(announce));
        announce(this.material);
      },
      removeCaCertificateListener: (listener) => authorities.get(listener)?.(),
      addIdentityCertificateListener: (listener) => {
        const announce = ({ certificate, key }: PeerMaterial) => listener({ certificate, privateKey: key });
        identities.set(listener, this.watch(announce));
        announce(this.material);
      },
      removeIdentityCertificateListener: (listener) => identities.get(listener)?.(),
    };
    return experimental.createCertificateProviderChannelCredentials(provider, provider, {});
  }

  private async check(): Promise<void> {
    const { certificateFile, log } = this.options;
    try {
      const read = await readFiles(this.options);
      if (same(read, this.seen)) {
        return;
      }
      this.seen = read;
      checkUsable(read);
      this.material = read;
      for (const changed of this.listeners) {
        changed(read);
      }
      log.info({ certificateFile }, 'the certificates for other services were changed');
    } catch (error) {
      log.error({ certificateFile, err: error }, 'the new certificates cannot be used; the old ones are kept');
    }
  }
}

async function readFiles(options: PeerCertificatesOptions): Promise<PeerMaterial> {
  const [authority, certificate, key] = await Promise.all(
    [options.authorityFile, options.certificateFile, options.keyFile].map((file) => readFile(file)),
  );
  if (authority === undefined || certificate === undefined || key === undefined) {
    throw new Error('A certificate file was not read.');
  }
  return { authority, certificate, key };
}

/**
 * A file that is being written is empty for a moment, which TLS may take for none at all.
 *
 * @throws Error if a text is no PEM, or the key is not the certificate's
 */
function checkUsable({ authority, certificate, key }: PeerMaterial): void {
  new X509Certificate(authority);
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) {
    throw new Error("The key is not the certificate's.");
  }
  createSecureContext({ ca: authority, cert: certificate, key });
}

function same(one: PeerMaterial, other: PeerMaterial): boolean {
  return (
    one.authority.equals(other.authority) && one.certificate.equals(other.certificate) && one.key.equals(other.key)
  );
}
