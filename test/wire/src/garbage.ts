/** Random bytes, the same ones for the same seed (xorshift32). */
export function garbage(seed: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed * 0x9e3779b1 || 1;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}
