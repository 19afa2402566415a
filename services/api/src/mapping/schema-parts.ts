import { z } from 'zod';

/** What clients may leave out or send as null. */
export const optionalText = z.string().nullish();

/** One of some words, in any case; yields the word as it is spelt here. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  const byFolded = new Map(words.map((spelt) => [spelt.toLowerCase(), spelt]));
  return z
    .string()
    .transform((text, context): Words[number] => {
      const spelt = byFolded.get(text.toLowerCase());
      if (spelt === undefined) {
        context.addIssue({ code: 'custom', message: `must be one of ${words.join(', ')}` });
        return z.NEVER;
      }
      return spelt;
    })
    .meta({ enum: [...words] });
}

/** A list whose length is checked before its members, so that a long list of wrong members costs nothing. */
export function boundedList<Member extends z.ZodType>(member: Member, least: number, most: number) {
  return z.array(z.unknown()).min(least).max(most).pipe(z.array(member));
}

/** The time at which something happened that never did. */
const NEVER = '0001-01-01T00:00:00';

/** ISO 8601, UTC. @param ms since the Unix epoch; 0 for never */
export function isoTime(ms: number): string {
  return ms === 0 ? NEVER : new Date(ms).toISOString();
}

/** Null where the contracts have an empty text. */
export function nullIfEmpty(text: string | undefined): string | null {
  return text || null;
}

/** The key of a value, which each value has once. */
export function invert<Key extends string, Value>(table: Readonly<Record<Key, Value>>): ReadonlyMap<Value, Key> {
  return new Map((Object.keys(table) as Key[]).map((key) => [table[key], key]));
}
