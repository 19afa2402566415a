import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadAnswer, LoadRequest, LoadResult } from './messages.js';

/** The bench's end of the load generator. */
export class Load {
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(fileURLToPath(new URL('./generator.js', import.meta.url)));
  }

  async ask(request: LoadRequest): Promise<LoadResult | undefined> {
    const answered = once(this.child, 'message') as Promise<[LoadAnswer]>;
    this.child.send(request);
    const [answer] = await answered;
    if (answer.error !== undefined) {
      throw new Error(`load generator: ${answer.error}`);
    }
    return answer.result;
  }

  async result(): Promise<LoadResult> {
    const result = await this.ask({ kind: 'result' });
    if (result === undefined) {
      throw new Error('the load generator gave no result');
    }
    return result;
  }

  async close(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}
