import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { LRUCache } from 'lru-cache';

/** A client's chain is a leaf and a few intermediates; what is longer is cut. */
const MAX_CHAIN = 8;
const MAX_REMEMBERED = 10_000;

/**
 * Intermediates that clients sent, by their leaf's SHA-256: a resumed TLS session brings back the leaf alone, and only this
 * process resumes the sessions that it began.
 */
const intermediatesByLeaf = new LRUCache<string, readonly Buffer[]>({ max: MAX_REMEMBERED });

/** The chain that the client sent, DER, leaf first. */
export function clientCertificates(socket: TLSSocket): readonly Buffer[] {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) {
    return [];
  }
  const intermediates = socket.isSessionReused() ? intermediatesByLeaf.get(leaf.fingerprint256) : issuersOf(leaf);
  if (intermediates !== undefined && intermediates.length > 0) {
    intermediatesByLeaf.set(leaf.fingerprint256, intermediates);
  }
  return [leaf.raw, ...(intermediates ?? [])];
}

function issuersOf(leaf: X509Certificate): readonly Buffer[] {
  const issuers: Buffer[] = [];
  for (let next = leaf.issuerCertificate; next !== undefined; next = next.issuerCertificate) {
    if (issuers.length >= MAX_CHAIN - 1) {
      break;
    }
    issuers.push(next.raw);
  }
  return issuers;
}
