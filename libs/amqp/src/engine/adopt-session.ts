import type { RheaFrame, RheaLink, RheaSession } from './rhea-internals.js';

export interface FlowFields {
  readonly next_incoming_id: number | null | undefined;
  readonly incoming_window: number;
  readonly next_outgoing_id: number;
  readonly handle: number | null | undefined;
  readonly delivery_count: number | null | undefined;
  readonly link_credit: number | null | undefined;
  readonly drain: boolean | null | undefined;
  readonly echo: boolean | null | undefined;
}

interface AttachFields {
  readonly name: string;
  readonly handle: number;
  readonly role: boolean;
}

/**
 * Replaces what rhea's sessions do wrong. Links are told apart by a number of their own instead of their names, since two
 * of one name may be there at once: one in each direction, or one that is being detached while its successor is attached.
 * Flows go to `flow`, which counts in 32 bits as the protocol does.
 */
export function adoptSession(session: RheaSession, flow: (fields: FlowFields) => void): void {
  const keys = new Map<RheaLink, string>();
  let attached = 0;

  session.on_attach = (frame: RheaFrame) => {
    const { name, handle, role } = frame.performative as unknown as AttachFields;
    // A peer that says "receiver" makes this end the sender.
    const link = role ? session.create_sender(name) : session.create_receiver(name);
    delete session.links[name];
    const key = String(attached++);
    session.links[key] = link;
    keys.set(link, key);
    session.remote.handles[handle] = link;
    link.remote.handle = handle;
    link.on_attach(frame);
  };

  session.remove_link = (link: RheaLink) => {
    const handle = link.remote.handle;
    if (handle !== undefined && session.remote.handles[handle] === link) {
      delete session.remote.handles[handle];
    }
    delete session.local.handles[link.local.handle];
    delete session.links[keys.get(link) ?? ''];
    keys.delete(link);
  };

  session.on_flow = (frame: RheaFrame) => flow(frame.performative as unknown as FlowFields);
}
