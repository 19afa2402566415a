export * as health from './generated/grpc/health/v1/health.js';
export * as control from './generated/mooring/control/v1/control.js';
export * as identity from './generated/mooring/identity/v1/identity.js';
