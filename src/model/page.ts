/** Where a page starts: an offset, or the start of the last page. */
export type PageStart = number | 'last'
