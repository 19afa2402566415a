import type { Admits, TokenStore } from '../cbs/token-store.js';
import type { Attach } from '../engine/attach.js';
import type { Link } from '../engine/link.js';
import { decodeValue, plainValue } from '../engine/typed-values.js';
import type { AttachRequest } from './link-handler.js';
import type { PeerInfo } from './peer-info.js';
import { addressOf, filterOf } from './terminus.js';

/** Of snd-settle-mode [AMQP 2.8.2]. */
const SETTLED = 1;

export interface AttachSource {
  readonly peer: PeerInfo;
  readonly tokens: TokenStore;
  /** Relies on the token that `authorise` finds. */
  readonly link: Link;
}

/** What a handler needs to know of an attach, in plain values. */
export function attachRequest(attach: Attach, { peer, tokens, link }: AttachSource): AttachRequest {
  const { client, name, source, target } = attach;
  return {
    peer,
    client,
    name,
    address: link.address,
    clientAddress: addressOf(client === 'receiver' ? target : source),
    properties: entriesOf(decoded(attach.properties)),
    filters: entriesOf(filterOf(source)),
    desiredCapabilities: textsOf(decoded(attach.desiredCapabilities)),
    presettled: attach.senderSettleMode === SETTLED,
    session: link.session,
    authorise: (admits: Admits) => tokens.authorise(link, admits),
  };
}

function decoded(encoded: Buffer): unknown {
  return encoded.length <= 1 ? undefined : plainValue(decodeValue(encoded));
}

function entriesOf(map: unknown): ReadonlyMap<string, unknown> {
  const entries = new Map<string, unknown>();
  if (typeof map === 'object' && map !== null) {
    for (const [key, value] of Object.entries(map)) {
      entries.set(key, undescribed(value));
    }
  }
  return entries;
}

/** A described value counts for what it describes. */
function undescribed(value: unknown): unknown {
  return plainValue(isDescribed(value) ? value.value : value);
}

function isDescribed(value: unknown): value is { readonly value: unknown } {
  return typeof value === 'object' && value !== null && 'descriptor' in value && 'value' in value;
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}
