import type { Flow } from './flow.js';

/** Flows that wait for a turn, first come, first served; each is in it once. */
export class TurnQueue {
  private flows: Flow[] = [];
  private head = 0;

  get size(): number {
    return this.flows.length - this.head;
  }

  push(flow: Flow): void {
    flow.isQueued = true;
    this.flows.push(flow);
  }

  shift(): Flow | undefined {
    const flow = this.flows[this.head];
    if (flow === undefined) {
      return undefined;
    }
    flow.isQueued = false;
    this.head++;
    if (this.head * 2 >= this.flows.length) {
      this.flows = this.flows.slice(this.head);
      this.head = 0;
    }
    return flow;
  }

  [Symbol.iterator](): Iterator<Flow> {
    return this.flows.slice(this.head).values();
  }
}
