import { NULL } from '../frames/fields.js';
import type { FieldTable } from '../guard/field-table.js';
import type { ClientRole } from '../links/link-handler.js';

/** Settle modes of a peer that names none [AMQP 2.7.3]. */
const MIXED = 2;
const FIRST = 0;

/** What a client asks for with an attach. Encoded values are copies, since it may wait to be answered. */
export interface Attach {
  readonly name: string;
  readonly client: ClientRole;
  readonly senderSettleMode: number;
  readonly receiverSettleMode: number;
  /** Encoded, as what follows; null: none. */
  readonly source: Buffer;
  readonly target: Buffer;
  readonly desiredCapabilities: Buffer;
  readonly properties: Buffer;
  readonly initialDeliveryCount: number;
  /** Undefined: any. */
  readonly maxMessageBytes: number | undefined;
}

export function readAttach(fields: FieldTable): Attach {
  const maxMessageBytes = fields.ulong(10) ?? 0;
  return {
    name: (fields.bytesOf(0) ?? Buffer.alloc(0)).toString('utf8'),
    client: fields.boolean(2) === true ? 'receiver' : 'sender',
    senderSettleMode: fields.uint(3) ?? MIXED,
    receiverSettleMode: fields.uint(4) ?? FIRST,
    source: encodedField(fields, 5),
    target: encodedField(fields, 6),
    desiredCapabilities: encodedField(fields, 12),
    properties: encodedField(fields, 13),
    initialDeliveryCount: fields.uint(9) ?? 0,
    maxMessageBytes: maxMessageBytes > 0 ? maxMessageBytes : undefined,
  };
}

function encodedField(fields: FieldTable, field: number): Buffer {
  return fields.isNull(field) ? NULL : Buffer.from(fields.raw(field));
}
