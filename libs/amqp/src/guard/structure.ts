import { ProtocolViolation } from '../errors/protocol-violation.js';

/** Lists in maps in lists …: deeper than any client nests, shallow enough for recursion. */
const MAX_DEPTH = 12;
/** Elements of an array whose type has no bytes (null, true, list0): nothing else bounds their number. */
const MAX_EMPTY_ELEMENTS = 64;

const FORMAT_DESCRIBED = 0x00;
const SYMBOL8 = 0xa3;
const SYMBOL32 = 0xb3;
const ULONG = 0x80;
const SMALL_ULONG = 0x53;
const ULONG0 = 0x44;

const KNOWN_CODES = new Set([
  0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x60, 0x61, 0x70, 0x71, 0x72, 0x73,
  0x74, 0x80, 0x81, 0x82, 0x83, 0x84, 0x94, 0x98, 0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0,
  0xf0,
]);
const MAP8 = 0xc1;
const MAP32 = 0xd1;

/**
 * Checks that the bytes from `start` are one AMQP value [AMQP 1.6] that ends at or before `end`: known types, every size
 * and count within what is there, bounded depth, descriptors that are names or small numbers. What passes can be decoded
 * in time and memory proportional to its bytes.
 *
 * @returns where the value ends
 * @throws ProtocolViolation
 */
export function endOfValue(buffer: Buffer, start: number, end: number, depth = 0): number {
  requireBytes(start + 1, end);
  const code = buffer.readUInt8(start);
  if (code !== FORMAT_DESCRIBED) {
    return endOfBody(buffer, { code, start: start + 1, end, depth });
  }
  const valueStart = endOfDescriptor(buffer, start + 1, end);
  requireBytes(valueStart + 1, end);
  const valueCode = buffer.readUInt8(valueStart);
  if (valueCode === FORMAT_DESCRIBED) {
    throw malformed('A descriptor describes another descriptor.');
  }
  return endOfBody(buffer, { code: valueCode, start: valueStart + 1, end, depth });
}

/** Bytes of a fixed-width value of this type, or undefined if its width varies. */
export function fixedWidth(code: number): number | undefined {
  switch (code >>> 4) {
    case 0x4:
      return 0;
    case 0x5:
      return 1;
    case 0x6:
      return 2;
    case 0x7:
      return 4;
    case 0x8:
      return 8;
    case 0x9:
      return 16;
    default:
      return undefined;
  }
}

interface Body {
  readonly code: number;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

function endOfBody(buffer: Buffer, body: Body): number {
  const { code, start, end } = body;
  if (!KNOWN_CODES.has(code)) {
    throw malformed('A value has an unknown type.');
  }
  const width = fixedWidth(code);
  if (width !== undefined) {
    return requireBytes(start + width, end);
  }
  switch (code >>> 4) {
    case 0xa:
      requireBytes(start + 1, end);
      return requireBytes(start + 1 + buffer.readUInt8(start), end);
    case 0xb:
      requireBytes(start + 4, end);
      return requireBytes(start + 4 + buffer.readUInt32BE(start), end);
    case 0xc:
    case 0xd:
      return endOfCompound(buffer, body);
    default:
      return endOfArray(buffer, body);
  }
}

function endOfCompound(buffer: Buffer, body: Body): number {
  const { count, items, end } = readSizes(buffer, body);
  if (count > end - items) {
    throw malformed('A list or map announces more items than it has bytes.');
  }
  if ((body.code === MAP8 || body.code === MAP32) && count % 2 !== 0) {
    throw malformed('A map has a key without a value.');
  }
  let position = items;
  for (let item = 0; item < count; item++) {
    position = endOfValue(buffer, position, end, body.depth + 1);
  }
  return requireExactly(position, end);
}

function endOfArray(buffer: Buffer, body: Body): number {
  const { count, items, end } = readSizes(buffer, body);
  requireBytes(items + 1, end);
  const described = buffer.readUInt8(items) === FORMAT_DESCRIBED;
  const elementType = described ? endOfDescriptor(buffer, items + 1, end) : items;
  requireBytes(elementType + 1, end);
  const code = buffer.readUInt8(elementType);
  const start = elementType + 1;
  if (!KNOWN_CODES.has(code)) {
    throw malformed('The elements of an array have an unknown type.');
  }
  const width = fixedWidth(code);
  if (width === 0 && count > MAX_EMPTY_ELEMENTS) {
    throw malformed('An array announces too many elements without bytes.');
  }
  if (width !== undefined) {
    return requireExactly(start + width * count, end);
  }
  if (count > end - start) {
    throw malformed('An array announces more elements than it has bytes.');
  }
  let position = start;
  for (let element = 0; element < count; element++) {
    position = endOfBody(buffer, { code, start: position, end, depth: body.depth + 1 });
  }
  return requireExactly(position, end);
}

function readSizes(buffer: Buffer, { code, start, end, depth }: Body): { count: number; items: number; end: number } {
  if (depth >= MAX_DEPTH) {
    throw malformed('Values are nested too deep.');
  }
  const width = code < 0xd0 || code === 0xe0 ? 1 : 4;
  const items = requireBytes(start + 2 * width, end);
  const size = width === 1 ? buffer.readUInt8(start) : buffer.readUInt32BE(start);
  const count = width === 1 ? buffer.readUInt8(start + 1) : buffer.readUInt32BE(start + 4);
  const valueEnd = requireBytes(start + width + size, end);
  if (valueEnd < items) {
    throw malformed('A list, map or array is smaller than its own count.');
  }
  return { count, items, end: valueEnd };
}

/** A symbol, or a number that fits a double: what is looked up by it must not be found on `Object.prototype`. */
function endOfDescriptor(buffer: Buffer, start: number, end: number): number {
  requireBytes(start + 1, end);
  const code = buffer.readUInt8(start);
  const isSymbol = code === SYMBOL8 || code === SYMBOL32;
  if (!isSymbol && code !== ULONG && code !== SMALL_ULONG && code !== ULONG0) {
    throw malformed('A descriptor is neither a symbol nor a ulong.');
  }
  const descriptorEnd = endOfBody(buffer, { code, start: start + 1, end, depth: 0 });
  if (code === ULONG && buffer.readUInt32BE(start + 1) >= 2 ** 21) {
    throw malformed('A descriptor is unknown.');
  }
  if (isSymbol && buffer.toString('latin1', start + (code === SYMBOL8 ? 2 : 5), descriptorEnd) in Object.prototype) {
    throw malformed('A descriptor is unknown.');
  }
  return descriptorEnd;
}

function requireBytes(position: number, end: number): number {
  if (position > end) {
    throw malformed('A value does not fit into what holds it.');
  }
  return position;
}

function requireExactly(position: number, end: number): number {
  if (position !== end) {
    throw malformed('A list, map or array does not fill its size.');
  }
  return position;
}

function malformed(message: string): ProtocolViolation {
  return new ProtocolViolation('structure', message, 'amqp:decode-error');
}
