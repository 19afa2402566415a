/** As Azure's. */
export const MAX_QUERY_LENGTH = 8_192;

/** How deep an expression may nest, parentheses included. */
export const MAX_DEPTH = 64;

/** Names of one property: more than a twin is deep, and than a store takes. */
export const MAX_PATH_NAMES = 64;

/** Literals, properties and operators of one query together. */
export const MAX_NODES = 2_000;

export const MAX_SELECT_ITEMS = 100;

/** The largest number after TOP. */
export const MAX_TOP = 2 ** 31 - 1;
