import { ProtocolViolation } from '../errors/protocol-violation.js';
import type { FieldTable } from './field-table.js';

/** Longer link names than any client makes up. */
const MAX_LINK_NAME_BYTES = 512;
/** Highest handle that a peer may use; it names array slots and map keys. */
export const MAX_HANDLE = 4095;
const SOURCE = new Set<number | string>([0x28, 'amqp:source:list']);
const TARGET = new Set<number | string>([0x29, 'amqp:target:list']);

/** What the peer has attached in one of its sessions, as far as the peer has said. */
export class SessionGuard {
  /** The peer has ended it: what it still sends on the channel is ignored (Python's clients do). */
  ended = false;
  private readonly names = new Map<number, string>();
  private readonly taken = new Set<string>();

  get links(): number {
    return this.names.size;
  }

  /** Its links are gone with it: their names would count nowhere, and stay until the channel is used again. */
  end(): void {
    this.ended = true;
    this.names.clear();
    this.taken.clear();
  }

  attach(fields: FieldTable): void {
    const handle = fields.uint(1) ?? 0;
    const name = linkName(fields);
    if (handle > MAX_HANDLE) {
      throw new ProtocolViolation('limit', `A handle is above ${MAX_HANDLE}.`, 'amqp:resource-limit-exceeded');
    }
    // One name may be there once for each direction [AMQP 2.6.1].
    const key = `${fields.boolean(2) === true ? 'receiver' : 'sender'} ${name}`;
    if (this.names.has(handle) || this.taken.has(key)) {
      throw new ProtocolViolation('link', 'A handle or a link name is in use.', 'amqp:session:handle-in-use');
    }
    this.names.set(handle, key);
    this.taken.add(key);
  }

  detach(fields: FieldTable): void {
    const handle = fields.uint(0) ?? 0;
    const name = this.names.get(handle);
    if (name === undefined) {
      throw unattached();
    }
    this.names.delete(handle);
    this.taken.delete(name);
  }

  /** @returns whether the frame's link is there; a flow for one that is gone has merely crossed its end */
  flow(fields: FieldTable): boolean {
    const handle = fields.uint(4);
    return handle === undefined || this.names.has(handle);
  }

  transfer(fields: FieldTable): void {
    if (!this.names.has(fields.uint(0) ?? 0)) {
      throw unattached();
    }
  }
}

function linkName(fields: FieldTable): string {
  const bytes = fields.bytesOf(0) ?? Buffer.alloc(0);
  if (bytes.length > MAX_LINK_NAME_BYTES) {
    throw new ProtocolViolation('limit', 'A link name is too long.', 'amqp:resource-limit-exceeded');
  }
  const name = bytes.toString('utf8');
  if (name in Object.prototype) {
    throw new ProtocolViolation('link', 'A link name is reserved.', 'amqp:invalid-field');
  }
  return name;
}

/** @throws ProtocolViolation unless a source or target is one of messages (and not, for example, a coordinator) */
export function checkTerminus(raw: Buffer, end: 'source' | 'target', table: FieldTable): void {
  if (raw.length === 0 || raw.readUInt8(0) !== 0) {
    return;
  }
  table.read(raw, 0, raw.length);
  if (!(end === 'source' ? SOURCE : TARGET).has(table.descriptor)) {
    throw new ProtocolViolation('link', `This kind of ${end} is not served.`, 'amqp:not-implemented');
  }
}

function unattached(): ProtocolViolation {
  return new ProtocolViolation('link', 'A frame names a link that is not attached.', 'amqp:session:unattached-handle');
}
