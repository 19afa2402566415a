import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDocumentStore } from '@mooring/document-store';
import { filterLaw } from '../testing/filter-law.js';

filterLaw('the embedded store', {
  open: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mooring-query-'));
    const store = await openDocumentStore({ kind: 'embedded', directory });
    return {
      store,
      close: async () => {
        await store.close();
        await rm(directory, { recursive: true });
      },
    };
  },
  numRuns: 20,
});
