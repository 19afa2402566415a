import type { Span } from '@mooring/observability';
import type { PublishTracing } from './publish-tracing.js';

/** Spans of the messages of one connection that are not durable yet, by their tokens; as many as may be in flight. */
export class PublishSpans {
  private readonly spans = new Map<number, Span>();
  private lastUnacknowledged = 0;

  constructor(private readonly tracing: PublishTracing) {}

  /**
   * @param packetId 0 for a message that nobody waits for
   * @returns the token to append the message with: the packet id, or a negative number
   */
  add(packetId: number, span: Span): number {
    const token = packetId === 0 ? --this.lastUnacknowledged : packetId;
    this.end(token);
    this.spans.set(token, span);
    return token;
  }

  end(token: number): void {
    const span = this.spans.get(token);
    if (span !== undefined) {
      this.spans.delete(token);
      span.end();
    }
  }

  fail(error: Error): void {
    for (const span of this.spans.values()) {
      this.tracing.fail(span, error);
    }
    this.spans.clear();
  }
}
