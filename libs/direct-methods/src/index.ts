export { DirectMethods, type DirectMethodsOptions } from './direct-methods.js';
export type { MethodCall } from './method-call.js';
export { methodCallFrom, methodInputSchema, methodResultSchema, methodResultText } from './method-json.js';
export type { MethodReply } from './method-reply.js';
