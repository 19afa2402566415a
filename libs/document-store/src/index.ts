export { DocumentStoreError, type DocumentStoreErrorKind } from './documents/errors.js';
export { startsWith } from './documents/filter.js';
export { MAX_ID_BYTES } from './documents/identifiers.js';
export { MAX_LIMIT } from './documents/query-limits.js';
export { EmbeddedCollection } from './embedded/embedded-collection.js';
export { EmbeddedDocumentStore } from './embedded/embedded-document-store.js';
export { MongoCollection } from './mongodb/mongo-collection.js';
export { MongoDocumentStore, type MongoStoreOptions } from './mongodb/mongo-document-store.js';
export { type DocumentStoreOptions, openDocumentStore } from './open.js';
export * from './port.js';
export {
  type RecordCodec,
  type RecordCodecOptions,
  recordCodec,
  type Upgrade,
  type Versioned,
} from './records/record-codec.js';
