import { isHubError } from '@mooring/errors';
import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { parseTraceContext, writeTraceContext } from './trace-context.js';
import { TRACE_PARENT, TRACE_STATE, type TraceHeaders } from './trace-headers.js';

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

export interface SpanDescription {
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  /** By OpenTelemetry's semantic conventions. Identifiers may be there; secrets, payloads and property values never. */
  readonly attributes: Attributes;
}

export interface TracingOptions {
  readonly tracer: Tracer;
  /** Share of the traces that are recorded, 0 to 1. */
  readonly ratio: number;
  readonly random?: () => number;
  /** Sends what is waiting. */
  readonly close: () => Promise<void>;
}

/** In a context that has it, nothing is recorded: the decision was made where the trace began. */
const UNRECORDED = createContextKey('mooring unrecorded');

/**
 * Spans of this process. Whether a trace is recorded is decided once, where it begins in the hub, by chance alone: not by a
 * flag or by an id that came from outside, either of which a sender could choose. Everything later in the hub follows.
 */
export class Tracing {
  private readonly random: () => number;

  constructor(private readonly options: TracingOptions) {
    this.random = options.random ?? Math.random;
  }

  /** Decides about a trace that begins now. */
  chosen(): boolean {
    return this.random() < this.options.ratio;
  }

  /** The trace that somebody outside says that he continues; never sampled. Undefined unless valid. */
  sender(traceParent: string, traceState?: string): SpanContext | undefined {
    const sent = parseTraceContext(traceParent, traceState);
    return sent && { ...sent, traceFlags: TraceFlags.NONE };
  }

  /** What another part of the hub has written, if that trace is recorded. */
  received(headers: Readonly<TraceHeaders>): SpanContext | undefined {
    const traceParent = headers[TRACE_PARENT];
    if (traceParent === undefined) {
      return undefined;
    }
    const received = parseTraceContext(traceParent.toString(), headers[TRACE_STATE]?.toString());
    return received?.traceFlags === TraceFlags.SAMPLED ? received : undefined;
  }

  /** A span that is recorded, of a trace of its own or of its parent's. */
  start(span: SpanDescription, parent?: SpanContext): Span {
    const within =
      parent === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceFlags: TraceFlags.SAMPLED });
    return this.startIn(within, span);
  }

  /** A span for what this process asks of others: of the trace that is being worked for; where there is none, by chance. */
  outgoing(span: SpanDescription): Span | undefined {
    const active = context.active();
    if (trace.getSpan(active) !== undefined) {
      return this.startIn(active, span);
    }
    return active.getValue(UNRECORDED) === true || !this.chosen() ? undefined : this.startIn(ROOT_CONTEXT, span);
  }

  /** Tells whoever gets the headers of a trace. */
  write(written: SpanContext, headers: TraceHeaders): void {
    writeTraceContext(written, headers);
  }

  /** Does something as part of a span, or of a trace that is not recorded. */
  within<T>(span: Span | undefined, action: () => T): T {
    const inner = span === undefined ? ROOT_CONTEXT.setValue(UNRECORDED, true) : trace.setSpan(ROOT_CONTEXT, span);
    return context.with(inner, action);
  }

  /** Does something as part of a span, which ends with it. */
  async during<T>(span: Span, action: () => Promise<T>): Promise<T> {
    try {
      return await this.within(span, action);
    } catch (error) {
      this.fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  /** Marks a span as failed. @param error or its kind; only that goes out, as the text may hold what must not */
  fail(span: Span, error: unknown): void {
    span.setAttribute('error.type', typeof error === 'string' ? error : kindOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }

  /** Sends what is waiting, for a bounded time; nothing is recorded afterwards. */
  close(): Promise<void> {
    return this.options.close();
  }

  private startIn(within: Context, { name, kind, attributes }: SpanDescription): Span {
    return this.options.tracer.startSpan(name, { kind: KINDS[kind], attributes }, within);
  }
}

function kindOf(error: unknown): string {
  if (isHubError(error)) {
    return error.error;
  }
  if (!(error instanceof Error)) {
    return typeof error;
  }
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
