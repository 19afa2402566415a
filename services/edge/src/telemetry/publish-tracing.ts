import { ANNOTATION, applicationPropertyHeader, type MutableHeaders } from '@mooring/messages';
import type { Span, Tracing } from '@mooring/observability';
import type { DeviceIdentity } from '../device-session/device-identity.js';

/** Where a device that traces by itself may say so: an application property, or the system property `$.diagid`. */
const SENT_TRACE_PARENT = applicationPropertyHeader(ANNOTATION.traceParent);
const SENT_TRACE_STATE = applicationPropertyHeader(ANNOTATION.traceState);

export interface Published {
  readonly identity: DeviceIdentity;
  readonly protocol: string;
  readonly bytes: number;
}

/** Begins the trace of a message that a device published, or continues that of the device, and writes it into the headers. */
export class PublishTracing {
  private readonly name: string;

  constructor(
    private readonly tracing: Tracing,
    private readonly topic: string,
  ) {
    this.name = `publish ${topic}`;
  }

  /** @returns the span, to be ended when the message is durable; undefined if this trace is not recorded */
  begin(headers: MutableHeaders, message: Published): Span | undefined {
    const sender = this.senderOf(headers);
    if (!this.tracing.chosen()) {
      if (sender !== undefined) {
        this.tracing.write(sender, headers);
      }
      return undefined;
    }
    const span = this.tracing.start(
      { name: this.name, kind: 'producer', attributes: this.attributesOf(message) },
      sender,
    );
    this.tracing.write(span.spanContext(), headers);
    return span;
  }

  fail(span: Span, error: unknown): void {
    this.tracing.fail(span, error);
    span.end();
  }

  private senderOf(headers: MutableHeaders) {
    const traceParent = headers[SENT_TRACE_PARENT];
    if (traceParent !== undefined) {
      return this.tracing.sender(traceParent.toString(), headers[SENT_TRACE_STATE]?.toString());
    }
    const diagnosticId = headers[ANNOTATION.diagnosticId];
    return diagnosticId === undefined ? undefined : this.tracing.sender(diagnosticId.toString());
  }

  private attributesOf({ identity, protocol, bytes }: Published) {
    return {
      'messaging.system': 'mooring',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': this.topic,
      'messaging.message.body.size': bytes,
      'network.protocol.name': protocol,
      'mooring.device.id': identity.deviceId,
      ...(identity.moduleId !== '' && { 'mooring.module.id': identity.moduleId }),
    };
  }
}
