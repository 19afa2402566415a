/** Most bytes that a length takes. */
export const MAX_VARINT_BYTES = 5;

/**
 * Writes a length (below 2^30) as Kafka's signed variable-length integer: zig-zag, then seven bits to a byte, the lowest
 * first. @returns the position after it
 */
export function writeLength(target: Buffer, length: number, position: number): number {
  let at = position;
  let rest = length << 1;
  while (rest > 0x7f) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

/** Bytes that a length takes. */
export function sizeOfLength(length: number): number {
  let size = 1;
  for (let rest = length << 1; rest > 0x7f; rest >>>= 7) {
    size++;
  }
  return size;
}
