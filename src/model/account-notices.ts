import { DAY, isoTime, MINUTE } from './time.ts'

/** E-mails that tell the owner of an account what was changed. They contain neither the old nor the new value. */

export interface Notice {
  readonly subject: string
  readonly body: string
}

type Changed = 'password' | 'e-mail address' | 'phone number' | 'passkey'

/** Without a name: it may have been chosen for whoever reads the mail, and an address belongs to one account only. */
export const noticeOf = (what: Changed, at: number, change: 'changed' | 'added' | 'removed' = 'changed'): Notice => ({
  subject: `Your ${what} was ${change}`,
  body: [
    'Hello,',
    '',
    `the ${what} of the account with this e-mail address was ${change} on ${isoTime(at)}.`,
    '',
    'If it was you, you need not do anything. If it was not you, somebody else can use your account: change its password at once,',
    'which logs out everybody else, and tell the support team.',
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
