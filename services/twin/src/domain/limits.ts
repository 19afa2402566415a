/** Limits of Azure's twins. Sizes of sections count keys and values, not what the hub adds (see `sectionSize`). */
export const MAX_TAGS_SIZE = 8 * 1024;
export const MAX_PROPERTIES_SIZE = 32 * 1024;
/** Objects and arrays below a section; the deepest hold plain values only. */
export const MAX_DEPTH = 10;
/** Bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;
export const MAX_STRING_BYTES = 4 * 1024;
export const MIN_INTEGER = -(2 ** 52);
export const MAX_INTEGER = 2 ** 52 - 1;

/** JSON text of one patch of a device: as much as a message may have. */
export const MAX_REPORTED_TEXT = 256 * 1024;
/** JSON text of an update: a whole twin may come back with all its metadata. */
export const MAX_UPDATE_TEXT = 2 * 1024 * 1024;

/** Events that one twin may hold while they wait to be told, and the text in them. */
export const MAX_PENDING = 512;
export const MAX_PENDING_TEXT = 4 * 1024 * 1024;
/** Text of one event; what is longer goes without the metadata of each property. */
export const MAX_EVENT_TEXT = 512 * 1024;
