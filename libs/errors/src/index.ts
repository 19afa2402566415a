export { ERROR_CATALOGUE, type ErrorName } from './catalogue.js';
export { HubError, isHubError } from './hub-error.js';
export { newTrackingId } from './tracking-id.js';
