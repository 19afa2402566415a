/** Groups of one query. */
export const MAX_GROUPS = 10_000;

/** Characters of what the groups are named by and their aggregates keep, all together. */
export const MAX_GROUP_TEXT = 4 * 1024 * 1024;
