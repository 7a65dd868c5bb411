import { Failure, type Result } from '../../model/result.ts'
import type { PersonRef, StoredMessage } from '../../model/support.ts'
import type { MemberContext } from '../access.ts'
import type { Room } from '../ports.ts'
import { openRoom } from './open-room.ts'

export interface Transcript {
  readonly person: PersonRef
  readonly at: number
  /** Each part is read after the previous one has been written, so a long conversation is never in memory as a whole. */
  readonly parts: () => AsyncGenerator<readonly StoredMessage[]>
}

const PART_SIZE = 500

/** All messages of a room up to now. */
export const openTranscript = async (context: MemberContext, accountId: number): Promise<Result<Transcript, 'forbidden' | 'not-found'>> => {
  const openedRoom = await openRoom(context, accountId, 'conversation-exported')
  if (openedRoom instanceof Failure) return openedRoom
  const room = context.support.room(accountId)
  const upTo = await room.newestMessageId()
  return { person: openedRoom.person, at: context.now(), parts: () => messagesUpTo(room, upTo) }
}

/** The messages of a room up to one of them, oldest first, in parts. */
export const messagesUpTo = async function* (room: Room, upTo: number): AsyncGenerator<readonly StoredMessage[]> {
  for (let after = 0; after < upTo; ) {
    const part = await room.messagesAfter(after, upTo, PART_SIZE)
    if (part.length === 0) return
    yield part
    after = part.at(-1)?.id ?? upTo
  }
}
