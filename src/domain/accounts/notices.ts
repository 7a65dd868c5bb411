import { joinNotice, NOTICE_RULE, NOTICE_SENDING, noticeOf } from '../../model/account-notices.ts'
import { isoDay } from '../../model/time.ts'
import { claimDueMessages, finishMessages } from '../../store/account-notices.ts'
import type { SystemContext } from '../access.ts'
import type { Context } from '../context.ts'
import { newTokenId } from '../object-id.ts'

/** What a store function needs to write notices in the batch of a change. */
const noticesAt = (now: number) => ({ key: `notice.${newTokenId()}`, now, today: isoDay(now), rule: NOTICE_RULE })

export const passwordNotices = (context: Context) => {
  const now = context.now()
  return { notice: noticeOf('password', now), notices: noticesAt(now) }
}

export const passkeyNotices = (context: Context, what: 'added' | 'removed') => {
  const now = context.now()
  return { notice: noticeOf('passkey', now, what), notices: noticesAt(now) }
}

export const joinNotices = (context: Context) => {
  const now = context.now()
  return { notice: joinNotice(now), notices: noticesAt(now) }
}

export const addressNotices = (context: Context) => {
  const now = context.now()
  return { ...noticesAt(now), email: noticeOf('e-mail address', now), phoneNumber: noticeOf('phone number', now) }
}

/**
 * Sends the notices that wait in the outbox. Without a provider they stay there. One that cannot be sent now is tried again by a
 * later run. Returns how many were sent.
 */
export const sendNotices = async (context: SystemContext): Promise<number> => {
  const { retryAfterMs, retryForMs, atOnce } = NOTICE_SENDING
  const now = context.now()
  const messages = await claimDueMessages(context.store, { now, retryAt: now + retryAfterMs, limit: atOnce })
  if (messages.length === 0) return 0
  const outcomes = await Promise.all(
    messages.map(async (message) => ({ key: message.key, type: (await context.carriers.email.send(message)).type })),
  )
  const keysWith = (...types: readonly string[]) => outcomes.filter(({ type }) => types.includes(type)).map(({ key }) => key)
  const done = keysWith('sent', 'uncertain', 'refused')
  await finishMessages(context.store, { done, kept: keysWith('kept'), giveUpBefore: now - retryForMs })
  return done.length
}
