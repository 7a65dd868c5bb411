import type { MemberContext } from '../context.ts'
import { Failure } from '../failures.ts'
import { openRoom } from './open-room.ts'
import type { PersonRef, StoredMessage } from './types.ts'

export interface Transcript {
  readonly person: PersonRef
  readonly at: number
  /** In parts, each read when the one before has been written out: a long conversation is nowhere held as a whole. */
  readonly parts: () => AsyncGenerator<readonly StoredMessage[]>
}

const PART = 500

/** All that was said in somebody's room up to now. */
export const openTranscript = async (
  context: MemberContext,
  accountId: number,
): Promise<Transcript | Failure<'not-yours' | 'not-found'>> => {
  const opened = await openRoom(context, accountId)
  if (opened instanceof Failure) return opened
  const room = context.support.room(accountId)
  const upTo = await room.newest()
  const parts = async function* () {
    for (let after = 0; after < upTo; ) {
      const part = await room.after(after, upTo, PART)
      if (part.length === 0) return
      yield part
      after = part.at(-1)?.id ?? upTo
    }
  }
  return { person: opened.person, at: context.now(), parts }
}
