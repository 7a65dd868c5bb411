import { DAY, isoTime, MINUTE } from './time.ts'

/** E-mails that notify the owner of an account of a change. They contain neither the old nor the new value. */

export interface Notice {
  readonly subject: string
  readonly body: string
}

type Changed = 'password' | 'e-mail address' | 'phone number' | 'passkey'

/** Without the username, because its owner may have chosen it as a message to the recipient. Registration accepts an address once. */
export const noticeOf = (what: Changed, at: number, change: 'changed' | 'added' | 'removed' = 'changed'): Notice => ({
  subject: `Your ${what} was ${change}`,
  body: [
    'Hello,',
    '',
    `the ${what} of the account with this e-mail address was ${change} on ${isoTime(at)}.`,
    '',
    'If it was you, you need not do anything. If it was not you, someone else can use your account. Change its password at once,',
    'which logs out all other devices, and contact the support team.',
  ].join('\n'),
})

/** For the addresses of both accounts. */
export const joinNotice = (at: number): Notice => ({
  subject: 'Two accounts were joined',
  body: [
    'Hello,',
    '',
    `the account with this e-mail address and another one were joined on ${isoTime(at)}: they are one account now, which has one password.`,
    'Both passwords were entered for it. If it was not you, contact the support team at once.',
  ].join('\n'),
})

export interface NoticeRule {
  /** Of one account on one UTC day. Above it, changes are made without a notice. */
  readonly quota: string
  readonly perDay: number
}

export const NOTICE_RULE: NoticeRule = { quota: 'notices', perDay: 10 }

/** A message that could not be sent is tried again by a later run of the cron, for a day. */
export const NOTICE_SENDING = { retryAfterMs: 10 * MINUTE, retryForMs: DAY, atOnce: 50 } as const
