import type { Context } from '../context.ts'

/**
 * The passwords that people use most stand in `common-passwords.txt`: the first 3,000 of the ranking in zxcvbn-ts
 * (@zxcvbn-ts/language-common 4.1.3, MIT), and of the first 25,000 those that nothing else is said against: of eight
 * characters and more, and not digits alone. Sorted and front-coded: a digit errorResponse how much of the word before stands at
 * the beginning of this one. The list is no part of the bundle; an isolate that asks for it reads it once.
 */

let words: ReadonlySet<string> | undefined

/** To be awaited before the strict rules are asked. */
export const loadCommonPasswords = async (context: Pick<Context, 'reference'>): Promise<void> => {
  words ??= decode(await context.reference('common-passwords.txt'))
}

export const isCommon = (password: string): boolean => {
  if (!words) throw new Error('the common passwords were asked for before they were learnt')
  return words.has(password.trim().toLowerCase())
}

const decode = (list: string): Set<string> => {
  const decoded = new Set<string>()
  let before = ''
  for (const line of list.split('\n')) {
    if (line === '') continue
    before = before.slice(0, Number(line[0])) + line.slice(1)
    decoded.add(before)
  }
  return decoded
}
