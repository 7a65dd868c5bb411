import { type MetadataJson, parsePhoneNumberFromString } from 'libphonenumber-js/core'
import type { Context } from '../context.ts'

/** The metadata of all numbering plans is as big as the rest of the program. An isolate that needs it reads it once. */

let numberingPlans: MetadataJson | undefined

/** Must be awaited before `readPhoneNumber` is called. */
export const loadPhoneNumbers = async (context: Pick<Context, 'readReferenceFile'>): Promise<void> => {
  numberingPlans ??= JSON.parse(await context.readReferenceFile('phone-numbers.json'))
}

/** Parses a phone number and returns it in E.164; null if no numbering plan contains it. */
export const readPhoneNumber = (text: string): string | null => {
  if (!numberingPlans) throw new Error('loadPhoneNumbers() was not awaited before readPhoneNumber()')
  const parsed = text.startsWith('+') ? parsePhoneNumberFromString(text, numberingPlans) : undefined
  return parsed?.isValid() ? parsed.number : null
}
