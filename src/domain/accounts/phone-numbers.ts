import { type MetadataJson, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/core'
import { dialable } from '../../model/alarm.ts'
import { SECOND } from '../../model/time.ts'
import { withTimeout } from '../../model/timeout.ts'
import type { Context } from '../context.ts'

/** The metadata of all numbering plans is as big as the rest of the program. An isolate that needs it reads it once. */

let numberingPlans: MetadataJson | undefined

/** Must be awaited before `readPhoneNumber` or `readContactNumber` is called. */
export const loadPhoneNumbers = async (context: Pick<Context, 'readReferenceFile'>): Promise<void> => {
  numberingPlans ??= JSON.parse(await context.readReferenceFile('phone-numbers.json'))
}

const loadedPlans = (): MetadataJson => {
  if (!numberingPlans) throw new Error('loadPhoneNumbers() was not awaited before a phone number was read')
  return numberingPlans
}

/** Parses a phone number and returns it in E.164; null if no numbering plan contains it. */
export const readPhoneNumber = (text: string): string | null => {
  const plans = loadedPlans()
  const parsed = text.startsWith('+') ? parsePhoneNumberFromString(text, plans) : undefined
  return parsed?.isValid() ? parsed.number : null
}

/** Without a country, only the length distinguishes a short number from a subscriber's. Emergency numbers have three to six digits. */
const MIN_NATIONAL_DIGITS = 7

/** A call or a message to one of these costs the sender money. */
const COSTLY = new Set<string | undefined>(['PREMIUM_RATE', 'SHARED_COST'])

/**
 * The number to which messages for a contact are sent, in E.164 where the country is known; null for a number to which none may be
 * sent: short, emergency and premium numbers. The numbering plan has to contain the length of a number, but not its range: the
 * plans are older than some numbers, and a contact who cannot be entered is not notified. A number without a country is read in
 * the plan of `sender`, as SMS providers do. Without a `sender`, only its length is checked.
 */
export const readContactNumber = (text: string, sender: string | null): string | null => {
  const digits = dialable(text)
  if (digits === null) return null
  if (digits.startsWith('+')) return reachable(parsePhoneNumberFromString(digits, loadedPlans()))
  const country = sender === null ? undefined : parsePhoneNumberFromString(sender, loadedPlans())?.countryCallingCode
  if (country !== undefined) return reachable(parsePhoneNumberFromString(digits, { defaultCallingCode: country }, loadedPlans()))
  return isLongEnough(digits) ? digits : null
}

const reachable = (parsed: PhoneNumber | undefined): string | null =>
  parsed?.isPossible() && !COSTLY.has(parsed.getType()) ? parsed.number : null

const isLongEnough = (digits: string): boolean => digits.length >= MIN_NATIONAL_DIGITS

const LOADING_TIMEOUT_MS = SECOND

/**
 * `readContactNumber` for an alarm. An alarm must not fail or wait because the numbering plans cannot be read: then only the length
 * of numbers is checked.
 */
export const contactNumberReader = async (
  context: Pick<Context, 'readReferenceFile' | 'settings'>,
): Promise<(phone: string) => string | null> => {
  try {
    await withTimeout(loadPhoneNumbers(context), LOADING_TIMEOUT_MS)
  } catch (error) {
    console.warn(JSON.stringify({ warning: 'numbering plans not read', error: error instanceof Error ? error.name : typeof error }))
    return (phone) => {
      const digits = dialable(phone)
      return digits !== null && isLongEnough(digits) ? digits : null
    }
  }
  const sender = context.settings.carriers.sms?.from ?? null
  return (phone) => readContactNumber(phone, sender)
}
