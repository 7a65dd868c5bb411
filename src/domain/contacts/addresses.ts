import type { Recipient } from '../../model/alarm.ts'
import { digestOf } from '../digest.ts'

type Addresses = Pick<Recipient, 'email' | 'phone'>

/**
 * The keys of an answer, so that it is found when the contact is entered again. They include the account: no two accounts share one.
 * `digest`: another implementation of `digestOf`.
 */
export const addressDigests = async (
  accountId: number,
  { email, phone }: Addresses,
  digest: (text: string) => string | Promise<string> = digestOf,
): Promise<[email: string, phone: string]> => [
  email === null ? '' : await digest(`${accountId} ${email.toLowerCase()}`),
  phone === null ? '' : await digest(`${accountId} ${phone}`),
]
