/** How a store keeps a property that queries name. */
export interface StoredField {
  /** Its path in the stored documents, with dots. */
  readonly path: string;
  /**
   * The path of the outermost value that may be of any type, arrays included; from there on the field is a user's. Absent for
   * fields whose value is never an array and lies in no array.
   */
  readonly anyFrom?: string;
  /**
   * - `same`: what is stored is the value itself, and nothing is stored where the property is undefined.
   * - `text`: where the property is a string that is not empty, that string is stored; else whatever.
   * - a function: what is stored in the place of a string, in the same order; undefined for strings that have no such. The
   *   property is always a string.
   */
  readonly form: 'same' | 'text' | ((text: string) => number | undefined);
}

/** Where a property is stored; undefined for one that only the evaluator knows. */
export type FieldMap = (names: readonly string[]) => StoredField | undefined;
