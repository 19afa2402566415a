import type { Duplex } from 'node:stream';
import type { Timer } from '@mooring/clock';
import type { ConnectionInfo, StreamFront } from '@mooring/listener';
import { DeadlineWheel } from './connection/deadline-wheel.js';
import { MqttConnection } from './connection/mqtt-connection.js';
import type { MqttContext } from './mqtt-context.js';

const TICK_MS = 1_000;

/** Serves MQTT 3.1.1 on whatever streams it is given. */
export class MqttFront implements StreamFront {
  private readonly connections = new Set<MqttConnection>();
  private readonly wheel = new DeadlineWheel();
  private readonly context: MqttContext;
  private readonly timer: Timer;
  private nextId = 0;
  private draining = false;
  private emptied: (() => void) | undefined;

  constructor(context: Omit<MqttContext, 'wheel' | 'connections'>) {
    const { wheel, connections } = this;
    this.context = { ...context, wheel, connections };
    this.timer = context.clock.every(TICK_MS, () => this.tick());
  }

  /** Connections, admitted or not. */
  get size(): number {
    return this.connections.size;
  }

  accept(stream: Duplex, info: ConnectionInfo): void {
    if (this.draining || this.connections.size >= this.context.limits.maxConnections) {
      this.context.metrics.countConnect('mqtt', this.draining ? 'draining' : 'too-many-connections');
      stream.on('error', () => stream.destroy());
      stream.destroy();
      return;
    }
    this.nextId++;
    new MqttConnection(this.context, stream, info, this.nextId.toString(36));
  }

  /**
   * Admits nobody more, acknowledges what is in flight, and closes all connections. Their wills are in the event log when it
   * resolves, unless the time was not enough.
   */
  async drain(graceMs: number): Promise<void> {
    const { clock, ingress } = this.context;
    this.draining = true;
    const emptied = new Promise<void>((resolve) => {
      this.emptied = resolve;
    });
    for (const connection of [...this.connections]) {
      connection.drain();
    }
    this.checkEmptied();
    await new Promise<void>((resolve) => {
      const cut = clock.after(graceMs, () => {
        this.closeAll();
        resolve();
      });
      void emptied
        .then(() => ingress.drained())
        .then(() => {
          cut.cancel();
          resolve();
        });
    });
    this.timer.cancel();
  }

  private closeAll(): void {
    for (const connection of [...this.connections]) {
      connection.close('drained');
    }
    this.checkEmptied();
  }

  private tick(): void {
    this.wheel.turn();
    this.checkEmptied();
  }

  private checkEmptied(): void {
    if (this.connections.size === 0) {
      this.emptied?.();
    }
  }
}
