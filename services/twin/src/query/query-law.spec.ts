import { embeddedDocuments } from './testing/query-fixture.js';
import { queryLaw } from './testing/query-law.js';

queryLaw('the embedded store', { open: embeddedDocuments, numRuns: 8 });
