import type { InboxRoom, PersonRef } from '../../model/support.ts'
import { numberIn } from '../numbers.ts'

/** The id of an account in recovery, and back. Our own pages for staff use these numbers as well: they are recovery's desk. */
export const numberOf = numberIn('recovery')

type NumbersContext = Parameters<typeof numberOf>[0]

export const numberedRef = (context: NumbersContext, { id, username }: PersonRef): PersonRef => ({ id: numberOf(context, id), username })

export const numberedRoom = (context: NumbersContext, room: InboxRoom): InboxRoom => ({
  ...room,
  userId: numberOf(context, room.userId),
  claimedBy: room.claimedBy && numberedRef(context, room.claimedBy),
  resolved: room.resolved && { ...room.resolved, by: numberedRef(context, room.resolved.by) },
})

/**
 * An event of the desk as it is sent. It is stored with the ids of accounts, because the numbers of a former server may be
 * imported after that.
 */
export const numberedEvent = <T extends object>(context: NumbersContext, event: T): T => {
  if (context.settings.numbers.recovery.end === 1) return event
  return JSON.parse(JSON.stringify(event), (key, value) => {
    if (key === 'user_id' || key === 'identifier')
      return typeof value === 'string' ? String(numberOf(context, Number(value))) : numberOf(context, value)
    return (key === 'taken_by' || key === 'by') && value ? numberedRef(context, value) : value
  })
}
