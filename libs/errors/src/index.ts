export { ERROR_CATALOGUE, type ErrorName } from './catalogue.js';
export {
  ERROR_CODE_HEADER,
  type ErrorBody,
  type ErrorForm,
  errorBody,
  errorHeaders,
  REQUEST_ID_HEADER,
} from './http-error-body.js';
export { HubError, isHubError } from './hub-error.js';
export { newTrackingId } from './tracking-id.js';
