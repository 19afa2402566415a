import type { Admits, TokenBearer, TokenStore } from '../cbs/token-store.js';
import type { RheaLink, RheaTerminus } from '../engine/rhea-internals.js';
import { plainValue } from '../engine/typed-values.js';
import type { AttachedSession } from './attached-session.js';
import type { AttachRequest } from './link-handler.js';
import type { PeerInfo } from './peer-info.js';

/** Of snd-settle-mode [AMQP 2.8.2]. */
const SETTLED = 1;

export interface AttachSource {
  readonly peer: PeerInfo;
  readonly tokens: TokenStore;
  readonly session: AttachedSession;
  /** Who relies on the token that `authorise` finds. */
  readonly bearer: TokenBearer;
}

/** What a handler needs to know of an attach, in plain values. */
export function attachRequest(link: RheaLink, { peer, tokens, session, bearer }: AttachSource): AttachRequest {
  const { attach } = link.remote;
  const client = attach.role ? 'receiver' : 'sender';
  const [own, theirs] = client === 'receiver' ? [attach.source, attach.target] : [attach.target, attach.source];
  return {
    peer,
    client,
    name: link.name,
    address: addressOf(own),
    clientAddress: addressOf(theirs),
    properties: entriesOf(attach.properties),
    filters: entriesOf(attach.source?.filter),
    desiredCapabilities: textsOf(attach.desired_capabilities),
    presettled: plainValue(attach.snd_settle_mode) === SETTLED,
    session,
    authorise: (admits: Admits) => tokens.authorise(bearer, admits),
  };
}

export function addressOf(terminus: RheaTerminus | null | undefined): string {
  return typeof terminus?.address === 'string' ? terminus.address : '';
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
