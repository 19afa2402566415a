const SEED = 0x9747b28c | 0;
const MULTIPLIER = 0x5bd1e995;
/** Longest key that is hashed without an intermediate buffer; device ids are at most 128 characters long. */
const scratch = Buffer.alloc(512);

/**
 * The partition of a key: murmur2 over its UTF-8 bytes, sign bit cleared, modulo the count. The same as Kafka's own default
 * partitioner, so that every adapter, and any other producer, places a key alike.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

function murmur2(key: string): number {
  let data = scratch;
  let length = 0;
  if (key.length * 3 <= scratch.length) {
    length = writeAscii(key, scratch);
    if (length < 0) {
      length = scratch.write(key, 'utf8');
    }
  } else {
    data = Buffer.from(key, 'utf8');
    length = data.length;
  }
  return hash(data, length);
}

/** Much faster than a native call for the short keys that are usual; -1 if a character is not ASCII. */
function writeAscii(text: string, target: Buffer): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) {
      return -1;
    }
    target[i] = code;
  }
  return text.length;
}

function hash(data: Buffer, length: number): number {
  const whole = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < whole; i += 4) {
    let k = at(data, i) | (at(data, i + 1) << 8) | (at(data, i + 2) << 16) | (at(data, i + 3) << 24);
    k = Math.imul(k, MULTIPLIER);
    k ^= k >>> 24;
    h = Math.imul(h, MULTIPLIER) ^ Math.imul(k, MULTIPLIER);
  }
  const rest = length - whole;
  if (rest > 0) {
    for (let i = rest - 1; i >= 0; i--) {
      h ^= at(data, whole + i) << (8 * i);
    }
    h = Math.imul(h, MULTIPLIER);
  }
  h ^= h >>> 13;
  h = Math.imul(h, MULTIPLIER);
  return h ^ (h >>> 15);
}

function at(data: Buffer, index: number): number {
  return data[index] ?? 0;
}
