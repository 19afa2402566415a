import { EmbeddedDocumentStore } from './embedded/embedded-document-store.js';
import { MongoDocumentStore, type MongoStoreOptions } from './mongodb/mongo-document-store.js';
import type { DocumentStore } from './port.js';

export type DocumentStoreOptions =
  | { readonly kind: 'embedded'; readonly directory: string }
  | ({ readonly kind: 'mongodb' } & MongoStoreOptions);

/**
 * Opens the document store that the configuration names. An unreachable MongoDB is no error here: `deficiencies` names it.
 *
 * @throws DocumentStoreError `in-use` where another process has the directory, `newer-schema` where a later release wrote it
 */
export async function openDocumentStore(options: DocumentStoreOptions): Promise<DocumentStore> {
  return options.kind === 'embedded' ? EmbeddedDocumentStore.open(options.directory) : new MongoDocumentStore(options);
}
