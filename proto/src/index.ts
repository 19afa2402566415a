export * as health from './generated/grpc/health/v1/health.js';
export * as c2dqueue from './generated/mooring/c2dqueue/v1/c2dqueue.js';
export * as control from './generated/mooring/control/v1/control.js';
export * as edge from './generated/mooring/edge/v1/edge.js';
export * as failure from './generated/mooring/failure/v1/failure.js';
export * as identity from './generated/mooring/identity/v1/identity.js';
export * as monitoring from './generated/mooring/monitoring/v1/monitoring.js';
export * as twin from './generated/mooring/twin/v1/twin.js';
