import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceClient } from '../service-client.js';

interface FeedbackRecord {
  readonly originalMessageId: string;
  readonly statusCode: string;
}

const PATH = '/messages/serviceBound/feedback';
const PAUSE_MS = 100;
const TIMEOUT_MS = 10_000;

/** Receives feedback over REST all the time, and completes it. */
export class FeedbackCollector {
  private running = true;
  private readonly done: Promise<void>;

  constructor(
    private readonly client: ServiceClient,
    private readonly onFeedback: (message: string, status: string) => void,
  ) {
    this.done = this.run();
  }

  async close(): Promise<void> {
    this.running = false;
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.running) {
      // Without an answer because of a kill: what was locked comes again.
      const received = await this.receive().catch(() => false);
      if (!received) {
        await pause(PAUSE_MS);
      }
    }
  }

  private async receive(): Promise<boolean> {
    const { status, body, etag } = await this.client.ask({ method: 'GET', path: PATH, timeoutMs: TIMEOUT_MS });
    if (status !== 200) {
      return false;
    }
    for (const { originalMessageId, statusCode } of JSON.parse(body) as readonly FeedbackRecord[]) {
      this.onFeedback(originalMessageId, statusCode);
    }
    const lock = encodeURIComponent(etag.replaceAll('"', ''));
    await this.client.ask({ method: 'DELETE', path: `${PATH}/${lock}`, timeoutMs: TIMEOUT_MS });
    return true;
  }
}
