import type { MemberCtx } from '../context.ts'
import { Refusal } from '../refusals.ts'
import { openRoom } from './open-room.ts'
import type { Someone, StoredMessage } from './words.ts'

export interface Transcript {
  readonly person: Someone
  readonly at: number
  /** In parts, each read when the one before has been written out: a long conversation is nowhere held as a whole. */
  readonly parts: () => AsyncGenerator<readonly StoredMessage[]>
}

const PART = 500

/** All that was said in somebody's room up to now. */
export const openTranscript = async (ctx: MemberCtx, accountId: number): Promise<Transcript | Refusal<'not-yours' | 'not-found'>> => {
  const opened = await openRoom(ctx, accountId)
  if (opened instanceof Refusal) return opened
  const room = ctx.support.room(accountId)
  const upTo = await room.newest()
  const parts = async function* () {
    for (let after = 0; after < upTo; ) {
      const part = await room.after(after, upTo, PART)
      if (part.length === 0) return
      yield part
      after = part.at(-1)?.id ?? upTo
    }
  }
  return { person: opened.person, at: ctx.now(), parts }
}
