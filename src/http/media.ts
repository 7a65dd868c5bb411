/** A picture is kept by its path and shown by its URL, on whatever origin it is asked for. */
export const mediaUrl = (requestUrl: string, path: string | null): string | null => (path === null ? null : new URL(path, requestUrl).href)
