import { dialable } from '../../model/alarm.ts'
import { type NumberingPlans, type PhoneNumber, readInternationalNumber, readNationalNumber } from '../../model/numbering-plans.ts'
import { SECOND } from '../../model/time.ts'
import { withTimeout } from '../../model/timeout.ts'
import type { Context } from '../context.ts'

/** The numbering plans of the world are 150 KB of JSON. An isolate that needs them reads them once. */

let numberingPlans: NumberingPlans | undefined

/** Must be awaited before `readPhoneNumber` or `readContactNumber` is called. */
export const loadPhoneNumbers = async (context: Pick<Context, 'readReferenceFile'>): Promise<void> => {
  numberingPlans ??= JSON.parse(await context.readReferenceFile('phone-numbers.json'))
}

const loadedPlans = (): NumberingPlans => {
  if (!numberingPlans) throw new Error('loadPhoneNumbers() was not awaited before a phone number was read')
  return numberingPlans
}

/** Parses a phone number and returns it in E.164; null if no numbering plan contains it. */
export const readPhoneNumber = (text: string): string | null => {
  const plans = loadedPlans()
  const number = text.startsWith('+') ? readInternationalNumber(plans, text) : null
  return number?.kind ? number.e164 : null
}

/** Without a country, only the length distinguishes a short number from a subscriber's. Emergency numbers have three to six digits. */
const MIN_NATIONAL_DIGITS = 7

/**
 * The number to which messages for a contact are sent, in E.164 where the country is known; null for a number to which none may be
 * sent: short, emergency and premium numbers. The numbering plan has to contain the length of a number, but not its range: the
 * plans are older than some numbers, and a contact who cannot be entered is not notified. A number without a country is read in
 * the plan of `sender`, as SMS providers do. Without a `sender`, only its length is checked.
 */
export const readContactNumber = (text: string, sender: string | null): string | null => {
  const digits = dialable(text)
  if (digits === null) return null
  if (digits.startsWith('+')) return reachable(readInternationalNumber(loadedPlans(), digits))
  const ownNumber = sender === null ? null : readInternationalNumber(loadedPlans(), sender)
  if (ownNumber) return reachable(readNationalNumber(loadedPlans(), ownNumber.callingCode, digits))
  return isLongEnough(digits) ? digits : null
}

const reachable = (number: PhoneNumber | null): string | null => (number?.isPossible && !number.kind?.isCostly ? number.e164 : null)

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
