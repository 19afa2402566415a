/** Reads a response of Kafka's protocol, whose numbers are big-endian. A read beyond its end throws a RangeError. */
export class ResponseCursor {
  private position = 0;

  constructor(private readonly data: Buffer) {}

  int16(): number {
    this.position += 2;
    return this.data.readInt16BE(this.position - 2);
  }

  int32(): number {
    this.position += 4;
    return this.data.readInt32BE(this.position - 4);
  }

  int64(): number {
    this.position += 8;
    return Number(this.data.readBigInt64BE(this.position - 8));
  }

  text(): string {
    const length = this.int16();
    this.position += length;
    return this.data.toString('utf8', this.position - length, this.position);
  }

  /** A copy, so that the rest of the response is not kept with it. */
  bytes(): Buffer {
    const length = Math.max(0, this.int32());
    this.position += length;
    return Buffer.from(this.data.subarray(this.position - length, this.position));
  }

  list<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.int32(); left > 0; left--) {
      items.push(item());
    }
    return items;
  }
}
