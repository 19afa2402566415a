/** Twins, or patches, of one call. */
export const MAX_ITEMS = 500;

/** Text of the answers of one call; who asks for more is told to ask for fewer at a time. */
export const MAX_ANSWER_BYTES = 3 * 1024 * 1024;
