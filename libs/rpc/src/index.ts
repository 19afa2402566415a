export type { RpcClientOptions } from './client/client-options.js';
export { type RpcClient, rpcClient } from './client/rpc-client.js';
export type { Contract, ContractDefinition, MethodDefinition } from './contract-definition.js';
export { errorOfFailure, failureOf } from './errors/failure.js';
export type { RpcCall, RpcInterceptor } from './interceptor.js';
export { RpcServer } from './server/rpc-server.js';
export type { RpcServerLimits, RpcServerOptions } from './server/server-options.js';
export { PeerCertificates, type PeerCertificatesOptions } from './tls/peer-certificates.js';
export { tracedAnswers, tracedCalls } from './tracing.js';
