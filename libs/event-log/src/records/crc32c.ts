/** Reversed polynomial of CRC-32C (Castagnoli). */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** For each of eight byte positions, the effect of each byte value: eight bytes take one round instead of eight. */
const tables = makeTables();
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

function makeTables(): Int32Array[] {
  const made = Array.from({ length: SLICES }, () => new Int32Array(256));
  for (let value = 0; value < 256; value++) {
    let crc = value;
    for (const table of made) {
      crc = afterZeroByte(crc);
      table[value] = crc;
    }
  }
  return made;
}

function afterZeroByte(crc: number): number {
  let rest = crc;
  for (let bit = 0; bit < 8; bit++) {
    rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
  }
  return rest;
}

/** CRC-32C, as Kafka's record batches carry it, of `data` from `start` to `end`. */
export function crc32c(data: Uint8Array, start: number, end: number): number {
  let crc = -1;
  let at = start;
  const rounds = start + ((end - start) & ~(SLICES - 1));
  while (at < rounds) {
    const low = crc ^ word(data, at);
    const high = word(data, at + 4);
    crc =
      look(t7, low & 0xff) ^
      look(t6, (low >>> 8) & 0xff) ^
      look(t5, (low >>> 16) & 0xff) ^
      look(t4, low >>> 24) ^
      look(t3, high & 0xff) ^
      look(t2, (high >>> 8) & 0xff) ^
      look(t1, (high >>> 16) & 0xff) ^
      look(t0, high >>> 24);
    at += SLICES;
  }
  while (at < end) {
    crc = look(t0, (crc ^ (data[at++] as number)) & 0xff) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function look(table: Int32Array, index: number): number {
  return table[index] as number;
}

function word(data: Uint8Array, at: number): number {
  return (
    (data[at] as number) |
    ((data[at + 1] as number) << 8) |
    ((data[at + 2] as number) << 16) |
    ((data[at + 3] as number) << 24)
  );
}
