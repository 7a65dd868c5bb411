import { findReachablePerson } from '../../store/person-details.ts'
import type { SystemContext } from '../access.ts'

/** Announces a reply that the person has not seen. The person's alarm object sends it, repeats it, and applies the limits of a day. */
export const announceReply = async (context: SystemContext, accountId: number, key: string): Promise<void> => {
  const person = await findReachablePerson(context.store, accountId)
  if (!person) return
  const { username, email } = person
  await context.alarms.dispatcher(accountId).announceReply({ key, accountId, username, email: email === '' ? null : email })
}
