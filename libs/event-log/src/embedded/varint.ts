/** Most bytes that a length takes. */
export const MAX_VARINT_BYTES = 5;

/** Writes a length (unsigned, below 2^31), seven bits to a byte, the lowest first. @returns the position after it */
export function writeVarint(target: Buffer, value: number, position: number): number {
  let at = position;
  let rest = value;
  while (rest > 0x7f) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}
