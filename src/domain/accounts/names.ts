/** What two usernames are compared by: `Ross` and `ross` are one name, and so are two spellings of one accented letter. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase()

/** As above for e-mail addresses; null for none, since none may be had by many. */
export const emailKey = (email: string): string | null => (email === '' ? null : email.normalize('NFKC').toLowerCase())

export const USERNAME_MAX = 150
export const isUsername = (text: string): boolean => /^[\p{L}\p{M}\p{N}@.+_-]+$/u.test(text)

export const isSameUsername = (one: string, other: string): boolean => usernameKey(one) === usernameKey(other)
