import type { Recipient } from '../../model/alarm.ts'
import { digestOf } from '../digest.ts'

type Addresses = Pick<Recipient, 'email' | 'phone'>

/** By which an answer is found again when the contact is entered again. The account is part of it: two accounts have no digest in common. */
export const addressDigests = async (accountId: number, { email, phone }: Addresses): Promise<[email: string, phone: string]> => [
  email === null ? '' : await digestOf(`${accountId} ${email.toLowerCase()}`),
  phone === null ? '' : await digestOf(`${accountId} ${phone}`),
]
