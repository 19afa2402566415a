import { randomBytes } from 'node:crypto';
import { openDocumentStore } from '@mooring/document-store';
import { sharedParts } from '@mooring/test-parts';
import { filterLaw } from '../testing/filter-law.js';

filterLaw("MongoDB's protocol", {
  open: async () => {
    const database = `query-${randomBytes(6).toString('hex')}`;
    const store = await openDocumentStore({ kind: 'mongodb', url: sharedParts().mongoUrl, database });
    return { store, close: () => store.close() };
  },
  numRuns: 8,
  seed: 20_261_124,
});
