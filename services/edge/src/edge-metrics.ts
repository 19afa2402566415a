import { Counter, Gauge, type Metrics } from '@mooring/observability';
import type { CloseReason } from './device-session/live/live-connection.js';
import type { TakeOverOutcome } from './device-session/ownership/displacement.js';

/** A label of metrics. */
export type DeviceProtocol = 'mqtt' | 'amqp' | 'http';

/** What an edge counts. What is counted for every message is a plain number, read when metrics are asked for. */
export class EdgeMetrics {
  messages = 0;
  messageBytes = 0;
  acknowledgements = 0;
  inFlight = 0;
  private readonly connects: Counter<'protocol' | 'outcome'>;
  private readonly closes: Counter<'protocol' | 'reason'>;
  private readonly credentials: Counter<'from'>;
  private readonly takeOvers: Counter<'outcome'>;

  constructor(metrics: Metrics, connections: () => number) {
    const registers = [metrics];
    this.connects = new Counter({
      name: 'mooring_edge_connects_total',
      help: 'Devices that asked to connect, by what came of it.',
      labelNames: ['protocol', 'outcome'],
      registers,
    });
    this.closes = new Counter({
      name: 'mooring_edge_closes_total',
      help: 'Connections that ended, by the reason.',
      labelNames: ['protocol', 'reason'],
      registers,
    });
    this.credentials = new Counter({
      name: 'mooring_edge_credentials_total',
      help: 'Credentials looked at, by where they came from.',
      labelNames: ['from'],
      registers,
    });
    this.takeOvers = new Counter({
      name: 'mooring_edge_take_overs_total',
      help: 'Identities taken over from an older connection, by how that was closed.',
      labelNames: ['outcome'],
      registers,
    });
    const totals: [string, string, () => number][] = [
      ['messages', 'Telemetry messages received.', () => this.messages],
      ['message_bytes', 'Payload bytes of telemetry received.', () => this.messageBytes],
      ['acknowledgements', 'Messages acknowledged to their devices.', () => this.acknowledgements],
    ];
    for (const [what, help, value] of totals) {
      new Counter({
        name: `mooring_edge_${what}_total`,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    }
    const gauges: [string, string, () => number][] = [
      ['in_flight_messages', 'Messages received and not yet in the event log.', () => this.inFlight],
      ['connections', 'Device connections, admitted or not yet.', connections],
    ];
    for (const [what, help, value] of gauges) {
      new Gauge({
        name: `mooring_edge_${what}`,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    }
  }

  countConnect(protocol: DeviceProtocol, outcome: string): void {
    this.connects.inc({ protocol, outcome });
  }

  countClose(protocol: DeviceProtocol, reason: CloseReason): void {
    this.closes.inc({ protocol, reason });
  }

  countTakeOver(outcome: TakeOverOutcome): void {
    this.takeOvers.inc({ outcome });
  }

  countCredentials(from: 'memory' | 'identity'): void {
    this.credentials.inc({ from });
  }
}
