export { DocumentStoreError, type DocumentStoreErrorKind } from './documents/errors.js';
export { startsWith } from './documents/filter.js';
export { MAX_ID_BYTES } from './documents/identifiers.js';
export { MAX_LIMIT } from './documents/query-limits.js';
export { EmbeddedCollection } from './embedded/embedded-collection.js';
export { EmbeddedDocumentStore } from './embedded/embedded-document-store.js';
export * from './port.js';
