import { createTraceState, isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { TRACE_PARENT, TRACE_STATE, type TraceHeaders } from './trace-headers.js';

/** Version, ids and flags; what later versions may add behind them is of no use to us [W3C Trace Context 3.2.4]. */
const MAX_TRACE_PARENT_LENGTH = 256;
/** What a party must be able to pass on [W3C Trace Context 3.3.1.5]; what is longer is dropped. */
const MAX_TRACE_STATE_LENGTH = 512;

/** @returns undefined for what is not a valid `traceparent`; a `tracestate` that is too long is left out */
export function parseTraceContext(traceParent: string, traceState = ''): SpanContext | undefined {
  const parsed = traceParent.length <= MAX_TRACE_PARENT_LENGTH ? parseTraceParent(traceParent) : null;
  if (parsed === null) {
    return undefined;
  }
  const { traceId, spanId, traceFlags } = parsed;
  const context = { traceId, spanId, traceFlags: traceFlags & TraceFlags.SAMPLED, isRemote: true };
  return traceState === '' || traceState.length > MAX_TRACE_STATE_LENGTH
    ? context
    : { ...context, traceState: createTraceState(traceState) };
}

/** Writes `traceparent`, and `tracestate` where there is one; nothing for a span of an SDK that is switched off. */
export function writeTraceContext(context: SpanContext, headers: TraceHeaders): void {
  if (!isSpanContextValid(context)) {
    return;
  }
  const { traceId, spanId, traceFlags, traceState } = context;
  headers[TRACE_PARENT] = `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
  const state = traceState?.serialize() ?? '';
  if (state !== '') {
    headers[TRACE_STATE] = state;
  }
}
