import { type TwinTree, withUserKeys } from './user-keys.js';

const EMPTY = '{}';

/** An object of a twin as JSON text, its keys as the user gave them. */
export function treeJson(tree: TwinTree): string {
  return JSON.stringify(withUserKeys(tree));
}

/** A section of properties, or a patch of one, with what the hub adds. @param metadata JSON text; none for devices */
export function sectionJson(tree: TwinTree, version: number, metadata?: string): string {
  const own = metadata === undefined ? '' : `"$metadata":${metadata},`;
  const values = treeJson(tree);
  const separator = values === EMPTY ? '' : ',';
  return `${values.slice(0, -1)}${separator}${own}"$version":${version}}`;
}
