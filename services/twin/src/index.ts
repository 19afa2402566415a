export { createTwinService, type TwinRuntime } from './create-twin-service.js';
export type { TwinOptions } from './options.js';
export { TWIN_SERVICE, TwinModule } from './twin.module.js';
