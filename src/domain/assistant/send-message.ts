import { ASSISTANT_RULE } from '../../model/assistant.ts'
import { fail, type Result } from '../../model/result.ts'
import { SECOND } from '../../model/time.ts'
import type { ModelTurn } from '../../providers/model.ts'
import { addAnswer, addQuestion, deleteQuestion } from '../../store/assistant.ts'
import type { MemberContext } from '../access.ts'
import { newTokenId } from '../object-id.ts'
import { crisisLinesFor, crisisText, isCrisisMessage } from './crisis.ts'

const INSTRUCTIONS = [
  'You support a person who lives with post-traumatic stress. You are a program and not a person, and say so when it matters.',
  'Be brief, calm and kind. Offer breathing and grounding exercises. Encourage them to talk to their contacts, their therapist or our support staff.',
  'Give no diagnosis and no advice about medicine. Never explain how to harm oneself or others.',
  'If they may be in danger, tell them to call the emergency services or a crisis line, or to set off their alarm.',
].join(' ')

/** The newest turns that fit, oldest first. The first one is always a user turn: some models fail otherwise. */
const newestThatFit = (turns: readonly ModelTurn[]): ModelTurn[] => {
  let left = ASSISTANT_RULE.contextCharacters
  const selected: ModelTurn[] = []
  for (const turn of turns.toReversed()) {
    left -= turn.text.length
    if (left < 0) break
    selected.unshift(turn)
  }
  const first = selected.findIndex(({ role }) => role === 'user')
  return first < 0 ? [] : selected.slice(first)
}

/** Replies to a message to the assistant. A crisis message is reported to the desk, even if the reply fails. */
export const sendMessage = async (
  context: MemberContext,
  text: string,
): Promise<Result<{ readonly response: string }, 'throttled' | 'assistant-unavailable'>> => {
  const { account } = context.actor
  const now = context.now()
  const conversation = await addQuestion(context.store, { accountId: account.id, text, now }, ASSISTANT_RULE)
  if (conversation.turnId === null) return fail('throttled', { seconds: ASSISTANT_RULE.rate.withinMs / SECOND })

  const crisis = isCrisisMessage(text)
  const deskNotified = crisis && (await alertDesk(context, now))

  const reply = await context.model.reply([
    { role: 'system', text: INSTRUCTIONS },
    ...newestThatFit(conversation.before),
    { role: 'user', text },
  ])
  const resources = crisisLinesFor(conversation.location)
  if (reply === null) {
    context.waitUntil(deleteQuestion(context.store, account.id, conversation.turnId))
    return fail('assistant-unavailable', { resources })
  }
  await addAnswer(context.store, { accountId: account.id, text: reply, now: context.now() }, ASSISTANT_RULE)
  return { response: crisis ? `${crisisText(resources, deskNotified)}\n\n${reply}` : reply }
}

/**
 * Notifies the desk that a person may be in danger, without the text that they wrote. The event goes through the person's own
 * Durable Object, which stores it until the desk has it. If even that fails, the person still gets a reply.
 */
const alertDesk = async (context: MemberContext, now: number): Promise<boolean> => {
  const { id, username } = await context.actor.load()
  try {
    await context.alarms.dispatcher(id).notifyDesk(`${id}.crisis.${newTokenId()}`, { type: 'crisis', accountId: id, username, at: now })
    return true
  } catch {
    console.error(JSON.stringify({ fault: 'the desk could not be notified', account: id }))
    return false
  }
}
