/** The absolute URL of a picture, which is stored by its path. */
export const mediaUrl = (requestUrl: string, path: string | null): string | null => (path === null ? null : new URL(path, requestUrl).href)
