import type { Collection, DocumentBody } from '@mooring/document-store';
import { lifeName } from '../connections/connection-record.js';
import type { EdgeLife } from '../connections/connection-state.js';

/** A life of an edge that has, or had, connections; `_id` is its name. */
export interface EdgeRecord extends DocumentBody, EdgeLife {}

const PAGE = 1_000;

/** The lives of edges that may hold connections, so that those of one that died can be found. */
export class EdgeDirectory {
  constructor(private readonly collection: Collection<EdgeRecord>) {}

  /** To be called before a connection is said to be held by it. */
  async enter({ edge, incarnation }: EdgeLife): Promise<void> {
    const _id = lifeName({ edge, incarnation });
    if ((await this.collection.get(_id)) === undefined) {
      // Refused if it was entered meanwhile.
      await this.collection.put({ _id, edge, incarnation }, 'absent');
    }
  }

  async all(): Promise<EdgeLife[]> {
    const lives: EdgeLife[] = [];
    let after: string | undefined;
    do {
      const page = await this.collection.page({ filter: {}, limit: PAGE, ...(after !== undefined && { after }) });
      lives.push(...page.documents);
      after = page.next;
    } while (after !== undefined);
    return lives;
  }

  async remove(life: EdgeLife): Promise<void> {
    await this.collection.delete(lifeName(life), 'always');
  }
}
