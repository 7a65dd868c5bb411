import type { Context } from '../context.ts'

/**
 * `common-passwords.txt` lists the most common passwords: the first 3,000 of the ranking in zxcvbn-ts
 * (@zxcvbn-ts/language-common 4.1.3, MIT), and those of the first 25,000 that the other rules accept: eight or more
 * characters, and not only digits. The list is sorted and front-coded: each line begins with a digit, the number of characters
 * that it shares with the start of the line before. The list is not part of the bundle; an isolate that needs it reads it once.
 */

let commonPasswords: ReadonlySet<string> | undefined

/** Must be awaited before the strict password rules are checked. */
export const loadCommonPasswords = async (context: Pick<Context, 'readReferenceFile'>): Promise<void> => {
  commonPasswords ??= decode(await context.readReferenceFile('common-passwords.txt'))
}

export const isCommon = (password: string): boolean => {
  if (!commonPasswords) throw new Error('loadCommonPasswords() was not awaited before isCommon()')
  return commonPasswords.has(password.trim().toLowerCase())
}

const decode = (list: string): Set<string> => {
  const decoded = new Set<string>()
  let previous = ''
  for (const line of list.split('\n')) {
    if (line === '') continue
    previous = previous.slice(0, Number(line[0])) + line.slice(1)
    decoded.add(previous)
  }
  return decoded
}
