import { beforeEach, describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { IncomingDelivery } from '../links/incoming-delivery.js';
import type { AttachRequest, ClientRole, SourceEndpoint, TargetEndpoint } from '../links/link-handler.js';
import type { OutgoingLink } from '../links/outgoing-link.js';
import type { PeerInfo } from '../links/peer-info.js';
import { RequestReplyNode } from './request-reply-node.js';

const REQUESTS = 1_000;
const ID_BYTES = 20_000;

describe('replies that nobody takes', () => {
  let node: RequestReplyNode;
  let request: TargetEndpoint;
  let peer: PeerInfo;

  beforeEach(async () => {
    const transport = { remoteAddress: '', remotePort: 0, transport: 'tcp', clientCertificates: [] } as const;
    peer = { connectionId: 'amqp-1', transport, containerId: '', hostname: '', ended: undefined };
    node = new RequestReplyNode({
      matches: () => true,
      handle: async () => ({ status: 200, description: 'OK' }),
      failed: (error) => {
        throw error;
      },
    });
    request = (await attach('sender', 'requests')) as TargetEndpoint;
  });

  function attach(client: ClientRole, clientAddress: string) {
    return node.attach({ peer, client, clientAddress } as AttachRequest);
  }

  /** Resolves when the reply is there, or dropped. */
  async function ask(replyTo: string): Promise<void> {
    const payload = rhea.message.encode({ message_id: 'x'.repeat(ID_BYTES), reply_to: replyTo, body: null });
    await new Promise<void>((settle) => {
      request.received(new IncomingDelivery({ settle: () => settle() }, 0, payload, 0, false));
    });
  }

  it('wait up to a limit of the connection, over all its links', async () => {
    const links: SourceEndpoint[] = [];
    for (let index = 0; index < REQUESTS; index++) {
      links.push((await attach('receiver', `replies-${index}`)) as SourceEndpoint);
      await ask(`replies-${index}`);
    }
    const sent = () => links.map(received).reduce((sum, messages) => sum + messages.length, 0);
    expect(sent()).toBe(Math.ceil((1024 * 1024) / ID_BYTES));
    // What was taken, or has gone with its link, makes room again.
    await ask('replies-0');
    links[0]?.closed();
    await ask('replies-1');
    expect(sent()).toBe(1);
  });
});

/** Has a link take what waits. */
function received(endpoint: SourceEndpoint): readonly Buffer[] {
  const messages: Buffer[] = [];
  const sendSettled = (message: Buffer) => void messages.push(message);
  endpoint.opened({ sendable: () => true, sendSettled } as Partial<OutgoingLink> as OutgoingLink);
  endpoint.sendable();
  endpoint.opened({ sendable: () => false } as Partial<OutgoingLink> as OutgoingLink);
  return messages;
}
