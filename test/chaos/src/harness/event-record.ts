import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** What happened in one run, a line of JSON each, with the milliseconds since its start. */
export class EventRecord {
  private readonly stream: WriteStream;
  private readonly start = performance.now();
  private isClosed = false;

  constructor(readonly file: string) {
    this.stream = createWriteStream(file);
  }

  /** Once it is closed, what devices still tell is of no use. */
  write(event: object): void {
    if (this.isClosed) {
      return;
    }
    this.stream.write(`${JSON.stringify({ ms: Math.round(performance.now() - this.start), ...event })}\n`);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stream.end();
    await finished(this.stream);
  }
}
