/** Reports, or activities, of one call. */
export const MAX_REPORTS = 10_000;

/** States that one call may ask for. */
export const MAX_STATES = 1_000;

/** Operation records of one page. */
export const MAX_OPERATIONS_PAGE = 1_000;
