import type { ModelTurn } from '../../providers/model.ts'
import { addAnswer, addQuestion, dropQuestion } from '../../store/assistant.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { newTokenId } from '../object-id.ts'
import { crisisText, linesFor, speaksOfHarm } from './crisis.ts'

/** Nobody types as fast as this. */
const AT_MOST = { atMost: 30, withinMs: 60_000 }

/** What of the conversation is kept, and what of that the model is told: so many turns, and so many characters in all. */
const KEPT_TURNS = 60
const CONTEXT_TURNS = 20
const CONTEXT_CHARACTERS = 8000

const INSTRUCTIONS = [
  'You support somebody who lives with post-traumatic stress. You are a program and not a person, and say so when it matters.',
  'Be brief, calm and kind. Offer breathing and grounding exercises. Encourage them to talk to their contacts, their therapist or our support staff.',
  'Give no diagnosis and no advice about medicine. Never explain how to harm oneself or others.',
  'If they may be in danger, tell them to call the emergency services or a crisis line, or to set off their alarm.',
].join(' ')

/** The newest turns that fit, the oldest of them first; not from the middle of an exchange, which some models fail. */
const bounded = (turns: readonly ModelTurn[]): ModelTurn[] => {
  let left = CONTEXT_CHARACTERS
  const kept: ModelTurn[] = []
  for (const turn of turns.toReversed()) {
    left -= turn.text.length
    if (left < 0) break
    kept.unshift(turn)
  }
  const first = kept.findIndex(({ role }) => role === 'user')
  return first < 0 ? [] : kept.slice(first)
}

/** Answers what somebody writes to the assistant. Where it speaks of harm, the desk hears of it, whatever comes of the answer. */
export const sendMessage = async (
  context: MemberContext,
  text: string,
): Promise<{ readonly response: string } | Failure<'throttled' | 'assistant-unavailable'>> => {
  const { account } = context.actor
  const now = context.now()
  const heard = await addQuestion(context.store, { accountId: account.id, text, now, context: CONTEXT_TURNS, ...AT_MOST })
  if (heard.turnId === null) return fail('throttled', { seconds: AT_MOST.withinMs / 1000 })

  const crisis = speaksOfHarm(text)
  const deskKnows = crisis && (await alertDesk(context, now))

  const said = await context.model.reply([{ role: 'system', text: INSTRUCTIONS }, ...bounded(heard.before), { role: 'user', text }])
  const resources = linesFor(heard.location)
  if (said === null) {
    context.waitUntil(dropQuestion(context.store, account.id, heard.turnId))
    return fail('assistant-unavailable', { resources })
  }
  await addAnswer(context.store, account.id, said, { now: context.now(), kept: KEPT_TURNS })
  return { response: crisis ? `${crisisText(resources, deskKnows)}\n\n${said}` : said }
}

/**
 * That somebody may be in danger, and not a word of what they wrote. Through the person's own object, which keeps what
 * the desk is to be told until the desk has it. Where even that fails, whoever wrote is answered all the same.
 */
const alertDesk = async (context: MemberContext, now: number): Promise<boolean> => {
  const { id, username } = context.actor.account
  const at = new Date(now).toISOString().replace('.000Z', 'Z')
  const event = { event: 'crisis', identifier: String(id), user_id: String(id), username, at }
  try {
    await context.alarms.of(id).tellDesk(id, `${id}.crisis.${newTokenId()}`, event)
    return true
  } catch {
    console.error(JSON.stringify({ fault: 'the desk was not alerted', account: id }))
    return false
  }
}
