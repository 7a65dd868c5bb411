/** The newest plans that a calendar feed shows. */
export const MAX_CALENDAR_ENTRIES = 1000
