import type { Duplex } from 'node:stream';
import { SystemClock } from '@mooring/clock';
import { createLogger, createMetrics, type Metrics } from '@mooring/observability';
import { issue, writeCertificate } from './certificates.spec-support.js';
import { connectionInfo } from './connection-info.js';
import type { ConnectionInfo, StreamFront } from './fronts.js';
import { Listener } from './listener.js';
import type { ListenerOptions } from './listener-options.js';

/** A front that sends back what it gets, and remembers who came. */
export class EchoFront implements StreamFront {
  readonly infos: ConnectionInfo[] = [];
  private readonly streams = new Set<Duplex>();

  accept(stream: Duplex, info: ConnectionInfo): void {
    this.infos.push(info);
    this.streams.add(stream);
    stream.on('close', () => this.streams.delete(stream));
    stream.on('error', () => stream.destroy());
    stream.pipe(stream);
  }

  async drain(): Promise<void> {
    for (const stream of this.streams) {
      stream.destroy();
    }
  }
}

export interface Started {
  readonly listener: Listener;
  readonly front: EchoFront;
  readonly ports: Readonly<Record<string, number>>;
  readonly metrics: Metrics;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const started: Listener[] = [];

/** A listener on free ports of the loopback, with an echo front for MQTT and an HTTP front that says who asks. */
export async function start(options: Partial<ListenerOptions> = {}): Promise<Started> {
  const metrics = createMetrics();
  const files = options.tls ?? (await writeCertificate(await issue('server')));
  const listener = new Listener({
    bindAddress: '127.0.0.1',
    ports: { mqtts: 0, https: 0, mqtt: 0 },
    tls: files,
    handshakeTimeoutMs: 10_000,
    maxConnections: 100,
    connectRate: 1_000,
    clock: new SystemClock(),
    log: createLogger('test', 'silent'),
    metrics,
    ...options,
  });
  const front = new EchoFront();
  listener.serve('mqtt', front);
  listener.serveHttp((request, response) => response.end(connectionInfo(request).remoteAddress));
  started.push(listener);
  return { listener, front, ports: (await listener.listen()) as Record<string, number>, metrics, ...files };
}

export async function stopAll(): Promise<void> {
  await Promise.all(started.splice(0).map((listener) => listener.drain(100)));
}

/** Resolves with the next bytes, of at least `length`. */
export function received(stream: Duplex, length: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.length >= length) {
        resolve(text);
      }
    });
    stream.on('error', reject);
    stream.on('close', () => reject(new Error(`closed after: ${text}`)));
  });
}

export function closed(stream: Duplex): Promise<void> {
  stream.on('error', () => undefined);
  stream.resume();
  return new Promise((resolve) => stream.once('close', resolve));
}
