/**
 * The document store: the hub's durable state, one document at a time. Nothing but single-document atomicity is relied
 * upon. Embedded: on disk, in this process. Distributed: any server that speaks MongoDB's protocol.
 */

/**
 * What a document may hold. Names of fields never come from a user and hold no dot and no leading `$`. Bytes may come back as
 * a Buffer; unpaired surrogates of a string are stored as U+FFFD.
 */
export type DocumentValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly DocumentValue[]
  | { readonly [field: string]: DocumentValue | undefined };

/**
 * A document without what the store itself keeps. Fields that are undefined are not stored, nor is a field `version`, so that
 * what was read can be put again.
 */
export interface DocumentBody {
  /** Names the document within its collection, and its shard. 1 to 1,024 bytes of well-formed UTF-8. */
  readonly _id: string;
}

/** A document with its version: 1 when first put, one more with every write that changed it. */
export type Stored<T extends DocumentBody> = T & { readonly version: number };

/** When a write may happen: whatever is there, only if nothing is there, or only over exactly that version. */
export type WriteCondition = 'always' | 'absent' | { readonly version: number };

/**
 * A filter in MongoDB's query language, of what means the same in both adapters: a value that must be equal, `$eq`, `$ne`,
 * `$in`, `$nin` (strings, finite numbers, booleans, null), `$gt`, `$gte`, `$lt`, `$lte` (strings, by bytes, and finite
 * numbers), `$exists`, `$type` (string, number, bool, null, object, array, binData), `$regex` with a literal prefix (see
 * `startsWith`), `$not`, `$and`, `$or`, `$nor`; paths are fields, `_id` and `version`. Equality, ranges, `$in` and prefixes
 * use an index by its leading fields, unless those of the document hold arrays or null.
 */
export type Filter = Readonly<Record<string, unknown>>;

/**
 * Named changes to one document; a path names nested fields with dots. No path may be named twice or lie within another.
 */
export interface FieldChanges {
  /** Makes what is missing of the path; the patch fails where the path leads through a value that is no object. */
  readonly set?: Readonly<Record<string, DocumentValue>>;
  readonly unset?: readonly string[];
  /** Appends to the end of an array (made if absent). */
  readonly push?: Readonly<Record<string, DocumentValue>>;
  /** Removes from an array every object whose field `id` is one of these. */
  readonly pullIds?: Readonly<Record<string, readonly string[]>>;
}

export type Write<T extends DocumentBody> =
  | { readonly kind: 'put'; readonly document: T; readonly condition: WriteCondition }
  | { readonly kind: 'patch'; readonly id: string; readonly changes: FieldChanges; readonly condition: WriteCondition }
  | { readonly kind: 'delete'; readonly id: string; readonly condition: WriteCondition };

/**
 * `written`: durable, with the document's new version (0 for a delete). `refused`: the condition did not hold; a patch of a
 * document that is not there, and a delete of one, are refused as `absent`.
 */
export type WriteOutcome =
  | { readonly outcome: 'written'; readonly version: number }
  | { readonly outcome: 'refused'; readonly reason: 'exists' | 'absent' | 'version' };

export interface Query {
  readonly filter: Filter;
  /** Field paths, 1 ascending, -1 descending. Ties, and no sort, are in the order of `_id`. */
  readonly sort?: readonly (readonly [path: string, direction: 1 | -1])[];
  /** 1 to 10,000, as that of a page. */
  readonly limit: number;
}

export interface PageQuery {
  readonly filter: Filter;
  /** Continue behind this `_id`. */
  readonly after?: string;
  readonly limit: number;
  /** Gives the page up when it is aborted; the call fails with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface CountOptions {
  /** As that of a page. */
  readonly signal?: AbortSignal;
}

/** A page in ascending order (by bytes) of `_id`; `next` is absent on the last one. */
export interface Page<T extends DocumentBody> {
  readonly documents: readonly Stored<T>[];
  readonly next?: string;
}

/**
 * The documents of one kind. Beside outcomes, calls fail with a DocumentStoreError: `invalid` for input against the port's
 * rules (nothing was written), `unavailable` where the store cannot do its work now, `unknown-outcome` for a write whose reply
 * was lost and that can no longer be recognised.
 */
export interface Collection<T extends DocumentBody> {
  get(id: string): Promise<Stored<T> | undefined>;
  /** Those that exist, in no order; one round trip for up to 1,000 ids. */
  getMany(ids: readonly string[]): Promise<Stored<T>[]>;
  put(document: T, condition: WriteCondition): Promise<WriteOutcome>;
  patch(id: string, changes: FieldChanges, condition: WriteCondition): Promise<WriteOutcome>;
  delete(id: string, condition: WriteCondition): Promise<WriteOutcome>;
  /**
   * Each write by itself, outcomes in the order given; writes of one document are applied in that order. Where one fails, the
   * others are applied all the same, and then the call fails.
   */
  bulk(writes: readonly Write<T>[]): Promise<WriteOutcome[]>;
  query(query: Query): Promise<Stored<T>[]>;
  /** Documents that stay there all the while are on exactly one page, whatever comes and goes between calls. */
  page(query: PageQuery): Promise<Page<T>>;
  count(filter: Filter, options?: CountOptions): Promise<number>;
}

export interface CollectionSpec {
  readonly name: string;
  /** Secondary indexes, none of them unique: field paths in order. Documents without the first field are not in it. */
  readonly indexes: readonly (readonly string[])[];
}

/** Something that makes the store less than promised, or unusable: shown by readiness. */
export interface StoreDeficiency {
  readonly severity: 'unavailable' | 'weak';
  readonly message: string;
}

/**
 * Every write is durable before its promise resolves (majority and journal on MongoDB, flushed to disk on LMDB), and every
 * read sees it afterwards. A write whose reply was lost is retried and recognised, so that it happens once; a delete, by the
 * document being gone.
 */
export interface DocumentStore {
  /** Declares a collection and its indexes; the same object for the same name, always. */
  collection<T extends DocumentBody>(spec: CollectionSpec): Promise<Collection<T>>;
  deficiencies(): Promise<readonly StoreDeficiency[]>;
  close(): Promise<void>;
}
