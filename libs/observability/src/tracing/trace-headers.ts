/** W3C Trace Context as it travels: in headers of HTTP, of gRPC, of a record. */
export const TRACE_PARENT = 'traceparent';
export const TRACE_STATE = 'tracestate';

export type TraceHeaders = Record<string, string | Buffer>;
