import type { TwinChange, TwinValue } from '../history/twin-history.js';

type Section = { readonly $version?: number } & Readonly<Record<string, unknown>>;

/** A twin, or the change of one, in Azure's form. */
export interface TwinDocument {
  readonly version: number;
  readonly etag?: string;
  readonly tags?: Section;
  readonly properties?: { readonly desired?: Section; readonly reported?: Section };
}

/** What writers have set: numbers, whatever is not of the hub's own. */
export function valuesOf({ tags = {}, properties: { desired = {}, reported = {} } = {} }: TwinDocument): TwinValue[] {
  return Object.entries({ tags, desired, reported }).flatMap(([section, tree]) =>
    Object.entries(tree)
      .filter(([key]) => !key.startsWith('$'))
      .map(([key, value]) => ({ section: section as TwinValue['section'], key, value: Number(value) })),
  );
}

export function changeOf(document: TwinDocument): TwinChange {
  const { desired, reported } = document.properties ?? {};
  return {
    version: document.version,
    values: valuesOf(document),
    ...(desired?.$version !== undefined && { desiredVersion: desired.$version }),
    ...(reported?.$version !== undefined && { reportedVersion: reported.$version }),
  };
}
