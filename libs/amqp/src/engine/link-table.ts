import { toAmqpError } from '../errors/amqp-error.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { IncomingLink } from '../links/incoming-link.js';
import type { LinkEndpoint } from '../links/link-handler.js';
import { OutgoingLink } from '../links/outgoing-link.js';
import { typedError } from './encode-error.js';
import type { RheaLink, RheaReceiver, RheaSession, RheaTerminus } from './rhea-internals.js';
import type { SessionEngine } from './session-engine.js';

interface Entry {
  /** Asked for; answered; detached by this end. */
  state: 'asked' | 'open' | 'closing';
  endpoint: LinkEndpoint | undefined;
  link: IncomingLink | OutgoingLink | undefined;
}

const ERROR_OF_DETACH = 2;
const PROPERTIES_OF_ATTACH = 13;

/** The links of one session, from the peer's attach until its detach. */
export class LinkTable {
  private readonly entries = new Map<RheaLink, Entry>();

  constructor(private readonly rhea: RheaSession) {}

  get all(): Iterable<RheaLink> {
    return this.entries.keys();
  }

  /** Notes a link that was asked for; rhea's own answer is held back until it is opened or refused. */
  asked(link: RheaLink): void {
    link.state.local_open = false;
    link.state.open_requests = 0;
    this.entries.set(link, { state: 'asked', endpoint: undefined, link: undefined });
  }

  /** Answers an attach. An endpoint whose client has gone in the meantime is closed at once. */
  open(session: SessionEngine, rhea: RheaLink, endpoint: LinkEndpoint): void {
    const entry = this.entries.get(rhea);
    if (entry?.state !== 'asked') {
      endpoint.closed();
      return;
    }
    entry.state = 'open';
    entry.endpoint = endpoint;
    copyAttach(rhea, true, true);
    if (endpoint.kind === 'source') {
      const limit = Number(rhea.remote.attach.max_message_size ?? 0);
      const link = new OutgoingLink(session, rhea, eventsOf(endpoint), limit > 0 ? limit : undefined);
      entry.link = link;
      rhea.open();
      endpoint.opened(link);
      link.notify();
    } else {
      const { credit, maxMessageBytes } = endpoint;
      const received = endpoint.received.bind(endpoint);
      const receiver = rhea as RheaReceiver;
      const link = new IncomingLink(session, receiver, { credit, maxMessageBytes, received });
      entry.link = link;
      rhea.local.attach['max_message_size'] = maxMessageBytes;
      rhea.open();
      endpoint.opened(link);
      link.grant();
    }
  }

  /** Detaches a link with an error; one not answered yet is attached without its own end first, which says "refused". */
  close(rhea: RheaLink, error?: unknown): void {
    const entry = this.entries.get(rhea);
    if (entry === undefined || entry.state === 'closing') {
      return;
    }
    if (entry.state === 'asked') {
      const clientReceives = rhea.remote.attach.role;
      copyAttach(rhea, !clientReceives, clientReceives);
      rhea.open();
    }
    entry.state = 'closing';
    if (error !== undefined) {
      const detach = (rhea.local as unknown as { detach: { value: unknown[] } }).detach;
      detach.value[ERROR_OF_DETACH] = typedError(toAmqpError(error));
    }
    rhea.close();
    this.end(entry);
  }

  /** The peer has detached the link, or its session or connection is gone. */
  gone(rhea: RheaLink): void {
    const entry = this.entries.get(rhea);
    if (entry !== undefined) {
      this.entries.delete(rhea);
      if (entry.state === 'asked') {
        // Answered after all, so that rhea's detach, which follows, has an attach before it.
        rhea.open();
      }
      entry.state = 'closing';
      this.end(entry);
    }
  }

  /** The hub ends the session: all links end with it, without a detach of their own. */
  endAll(): void {
    for (const entry of [...this.entries.values()]) {
      if (entry.state !== 'closing') {
        entry.state = 'closing';
        this.end(entry);
      }
    }
  }

  /** @returns undefined if what comes on this link is to be ignored, as it is being detached */
  incoming(handle: number): IncomingLink | undefined {
    const rhea = this.rhea.remote.handles[handle];
    const entry = rhea === undefined ? undefined : this.entries.get(rhea);
    if (entry?.state === 'closing') {
      return undefined;
    }
    if (!(entry?.link instanceof IncomingLink)) {
      throw new ProtocolViolation('transfer', 'A transfer on a link that takes none.', 'amqp:session:errant-link');
    }
    return entry.link;
  }

  outgoing(handle: number): { readonly rhea: RheaLink; readonly link: OutgoingLink | undefined } | undefined {
    const rhea = this.rhea.remote.handles[handle];
    const link = rhea === undefined ? undefined : this.entries.get(rhea)?.link;
    return rhea?.remote.attach.role ? { rhea, link: link instanceof OutgoingLink ? link : undefined } : undefined;
  }

  /** There may be room to send again. */
  notifyAll(): void {
    for (const { link } of [...this.entries.values()]) {
      if (link instanceof OutgoingLink) {
        link.notify();
      }
    }
  }

  private end(entry: Entry): void {
    const { endpoint, link } = entry;
    entry.endpoint = undefined;
    link?.closed();
    endpoint?.closed();
  }
}

function eventsOf(endpoint: LinkEndpoint & { kind: 'source' }): ConstructorParameters<typeof OutgoingLink>[2] {
  return {
    sendable: () => endpoint.sendable(),
    outcome: (delivery, outcome) => endpoint.outcome?.(delivery, outcome),
  };
}

/** Answers with the peer's settle modes, properties and, as asked, its source and target. */
function copyAttach(rhea: RheaLink, source: boolean, target: boolean): void {
  const { attach } = rhea.local;
  const asked = rhea.remote.attach;
  attach['snd_settle_mode'] = asked.snd_settle_mode;
  attach['rcv_settle_mode'] = asked.rcv_settle_mode;
  attach['source'] = source ? describedOf(asked.source) : undefined;
  attach['target'] = target ? describedOf(asked.target) : undefined;
  const values = attach as unknown as { value: unknown[] };
  values.value[PROPERTIES_OF_ATTACH] = (asked as unknown as { value: unknown[] }).value[PROPERTIES_OF_ATTACH];
}

/** @returns undefined where a peer leaves it null, as Proton does with its own end: what rhea has then is no terminus */
function describedOf(terminus: RheaTerminus | null | undefined): unknown {
  return typeof terminus?.described === 'function' ? terminus.described() : undefined;
}
