/**
 * Record headers that the hub itself writes. Their names are those that Azure's routed messages have. They are reserved: an
 * application property of such a name is stored under another (see headers.ts), so that no device can forge a stamp.
 */

/** Message annotations for a reader: what the hub vouches for. */
export const ANNOTATION = {
  deviceId: 'iothub-connection-device-id',
  moduleId: 'iothub-connection-module-id',
  /** JSON text: scope, type and issuer of the credentials. */
  authMethod: 'iothub-connection-auth-method',
  generationId: 'iothub-connection-auth-generation-id',
  /** When the hub received the message: ISO 8601, UTC. */
  enqueuedTime: 'iothub-enqueuedtime',
  messageSource: 'iothub-message-source',
  interfaceId: 'iothub-interface-id',
  /** Model id that the device announced when it connected. */
  dataSchema: 'dt-dataschema',
  /** Component of the model that the message is about. */
  subject: 'dt-subject',
  diagnosticId: 'Diagnostic-Id',
  correlationContext: 'Correlation-Context',
  /** W3C trace context. */
  traceParent: 'traceparent',
  traceState: 'tracestate',
} as const;

/** Properties of the message that its sender may set; text, times as ISO 8601. */
export const PROPERTY = {
  messageId: 'message-id',
  correlationId: 'correlation-id',
  userId: 'user-id',
  to: 'to',
  absoluteExpiryTime: 'absolute-expiry-time',
  contentType: 'content-type',
  contentEncoding: 'content-encoding',
} as const;

const reserved = new Set<string>([...Object.values(ANNOTATION), ...Object.values(PROPERTY)]);

/** Whether a header name belongs to the hub. */
export function isReservedHeader(name: string): boolean {
  return reserved.has(name);
}
