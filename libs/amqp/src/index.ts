export { type AmqpLimits, DEFAULT_AMQP_LIMITS } from './amqp-limits.js';
export { AmqpServer, type AmqpServerOptions } from './amqp-server.js';
export type { TokenAuthority, TokenClaims, TokenRequest } from './cbs/token-authority.js';
export { encodeRejected } from './engine/encode-error.js';
export { amqpTypes, type Typed } from './engine/typed-values.js';
export { type AmqpError, isMeantForClients, LinkError, toAmqpError } from './errors/amqp-error.js';
export type { AttachedConnection, AttachedSession } from './links/attached-session.js';
export type { IncomingDelivery } from './links/incoming-delivery.js';
export type { IncomingLink } from './links/incoming-link.js';
export type {
  AttachRequest,
  ClientRole,
  LinkEndpoint,
  LinkHandler,
  SourceEndpoint,
  TargetEndpoint,
} from './links/link-handler.js';
export type { Outcome, OutgoingLink } from './links/outgoing-link.js';
export type { PeerInfo } from './links/peer-info.js';
export { AmqpWriter } from './messages/amqp-writer.js';
export { type MessageBody, type PropertyName, ReceivedMessage } from './messages/received-message.js';
export type { Reply } from './messages/request-message.js';
export type { Scalar } from './messages/scalar.js';
export { textOf } from './messages/scalar-text.js';
export { type NodeRequest, RequestReplyNode, type RequestReplyNodeOptions } from './nodes/request-reply-node.js';
