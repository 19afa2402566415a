import type { Collection, DocumentBody, Stored } from '@mooring/document-store';

/** Ids of one round trip. */
const CHUNK = 1_000;
/** Round trips at a time. */
const PARALLEL = 4;

/** The documents that exist of these ids, by id, however many are asked for. */
export async function getManyById<T extends DocumentBody>(
  collection: Collection<T>,
  ids: Iterable<string>,
): Promise<Map<string, Stored<T>>> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, Stored<T>>();
  for (let start = 0; start < wanted.length; start += CHUNK * PARALLEL) {
    const chunks: Promise<Stored<T>[]>[] = [];
    for (let at = start; at < Math.min(wanted.length, start + CHUNK * PARALLEL); at += CHUNK) {
      chunks.push(collection.getMany(wanted.slice(at, at + CHUNK)));
    }
    for (const document of (await Promise.all(chunks)).flat()) {
      found.set(document._id, document);
    }
  }
  return found;
}
