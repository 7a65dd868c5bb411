/** The key by which usernames are compared: `Ross` and `ross` are equal, and so are two encodings of one accented letter. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase()

/** The same for e-mail addresses. Null for an empty one, because many accounts may have none. */
export const emailKey = (email: string): string | null => (email === '' ? null : email.normalize('NFKC').toLowerCase())

export const USERNAME_MAX = 150
export const isUsername = (text: string): boolean => /^[\p{L}\p{M}\p{N}@.+_-]+$/u.test(text)

export const isSameUsername = (a: string, b: string): boolean => usernameKey(a) === usernameKey(b)
