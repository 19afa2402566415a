import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** What happened in one run, a line of JSON each, with the milliseconds since its start. */
export class EventRecord {
  private readonly stream: WriteStream;
  private readonly start = performance.now();

  constructor(readonly file: string) {
    this.stream = createWriteStream(file);
  }

  write(event: object): void {
    this.stream.write(`${JSON.stringify({ ms: Math.round(performance.now() - this.start), ...event })}\n`);
  }

  async close(): Promise<void> {
    this.stream.end();
    await finished(this.stream);
  }
}
