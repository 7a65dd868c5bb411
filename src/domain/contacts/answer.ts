import type { ContactAnswer } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { answerInvitation, findLinkAddresses } from '../../store/contact-answers.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { linkKey } from '../links/create.ts'

/** The answer of a person who was named as a contact. After declining, they get no more messages, not even of an open alarm. */
export const answerAsContact = async (
  context: Context,
  token: string,
  answer: Exclude<ContactAnswer, 'asked'>,
): Promise<Result<null, 'invalid-link'>> => {
  const key = await linkKey(context, 'contact', token)
  if (!(await answerInvitation(context.store, { key, answer, audit: auditEntry(context, 'contact-answered', null, answer) }))) {
    return fail('invalid-link')
  }
  if (answer === 'declined') context.waitUntil(withdraw(context, key.digest))
  return null
}

const withdraw = async (context: Context, digest: string): Promise<void> => {
  const link = await findLinkAddresses(context.store, digest)
  if (link) await context.alarms.dispatcher(link.accountId).withdraw(link.addresses)
}
