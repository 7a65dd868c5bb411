import { type MetadataJson, parsePhoneNumberFromString } from 'libphonenumber-js/core'
import type { Context } from '../context.ts'

/** The world's numbering plans are as big as the rest of the program: an isolate that has to know them reads them once. */

let plans: MetadataJson | undefined

/** To be awaited before a number is read. */
export const loadPhoneNumbers = async (context: Pick<Context, 'reference'>): Promise<void> => {
  plans ??= JSON.parse(await context.reference('phone-numbers.json'))
}

/** A number that some numbering plan knows, in E.164; null for any other. */
export const readPhoneNumber = (text: string): string | null => {
  if (!plans) throw new Error('a telephone number was read before the numbering plans were')
  const parsed = text.startsWith('+') ? parsePhoneNumberFromString(text, plans) : undefined
  return parsed?.isValid() ? parsed.number : null
}
