import { signSas } from './sas-signature.js';

export interface NewSasToken {
  /** Not encoded, e.g. `hub.example.com/devices/d1`. */
  readonly resource: string;
  /** From `sasKeyFromBase64`, or from `sasKeyFromText` for Event Hubs. */
  readonly key: Buffer;
  /** Unix seconds at which it ends. */
  readonly se: number;
  /** Name of the policy whose key it is. */
  readonly policy?: string;
}

/** Signs a token and spells it as the SDKs for JavaScript do. */
export function createSasToken({ resource, key, se, policy }: NewSasToken): string {
  const sr = percentEncode(resource);
  const sig = percentEncode(signSas(sr, String(se), key).toString('base64'));
  const skn = policy === undefined ? '' : `&skn=${percentEncode(policy)}`;
  return `SharedAccessSignature sr=${sr}&sig=${sig}${skn}&se=${se}`;
}

/** RFC 3986, with the lower-case escapes that those SDKs give to what `encodeURIComponent` leaves. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}
