/** How many rows one statement changes at most: in production one that changes hundreds of thousands fails. */
export const CHUNK_SIZE = 1000

/** How many chunks a request or a run of a cron writes at most: the platform limits its statements to 1,000. */
export const MAX_CHUNKS = 100
