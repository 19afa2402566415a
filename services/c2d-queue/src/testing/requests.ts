import { isHubError } from '@mooring/errors';
import { c2dqueue, type identity } from '@mooring/proto';

type Service = c2dqueue.C2dQueueService;

export interface Connection {
  readonly name: string;
  readonly epoch: number;
  readonly generation?: string;
}

export interface ReceiveOptions extends Connection {
  readonly max?: number;
  readonly lockMs?: number;
  readonly held?: readonly Uint8Array[];
}

/** @param name `device` or `device/module` */
export function keyOf(name: string): identity.IdentityKey {
  const [deviceId = '', moduleId = ''] = name.split('/');
  return { deviceId, moduleId };
}

export function receiverOf({ name, epoch, generation = '1' }: Connection): c2dqueue.Receiver {
  return { key: keyOf(name), generationId: generation, epoch };
}

export function messageOf(message: Partial<c2dqueue.Message> = {}): c2dqueue.Message {
  return c2dqueue.Message.fromPartial(message);
}

export async function enqueue(service: Service, name: string, message: Partial<c2dqueue.Message> = {}): Promise<void> {
  await service.enqueue({ key: keyOf(name), message: messageOf(message) });
}

/** @throws what the one item failed with, by its name */
export async function receive(service: Service, options: ReceiveOptions): Promise<c2dqueue.ReceivedMessage[]> {
  const { max = 50, lockMs = 0, held } = options;
  const item: c2dqueue.ReceiveItem = {
    receiver: receiverOf(options),
    maxMessages: max,
    lockMs,
    held: held && { lockTokens: held.map((token) => Buffer.from(token)) },
  };
  const { received } = await service.receive({ items: [item] });
  if (received[0]?.failure !== undefined) {
    throw new Error(received[0].failure.error);
  }
  return received[0]?.messages ?? [];
}

/** @returns the name of the error that the settlement ends with, or `ok` */
export async function settle(
  service: Service,
  connection: Connection,
  settled: { readonly lockToken: Uint8Array; readonly outcome?: c2dqueue.Outcome },
): Promise<string> {
  const { lockToken, outcome = c2dqueue.Outcome.COMPLETE } = settled;
  const { failures } = await service.settle({
    settlements: [{ receiver: receiverOf(connection), lockToken: Buffer.from(lockToken), outcome }],
  });
  return failures[0]?.error || 'ok';
}

export async function detach(service: Service, ...connections: readonly Connection[]): Promise<void> {
  await service.detach({ receivers: connections.map(receiverOf) });
}

export async function countOf(service: Service, name: string): Promise<number | undefined> {
  return (await service.count({ keys: [keyOf(name)] })).counts[0];
}

/** The message ids of what was received. */
export function idsOf(received: readonly c2dqueue.ReceivedMessage[]): (string | undefined)[] {
  return received.map(({ message }) => message?.messageId);
}

/** The name of the error that a call ends with, or `ok`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return isHubError(error) ? error.error : error instanceof Error ? error.message : `${error}`;
  }
}
