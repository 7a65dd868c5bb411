import { findCircumstances, noteOpenAlarm } from '../../store/alarms.ts'
import type { MemberCtx } from '../context.ts'
import { CONTACTS_AT_MOST } from '../recovery/contacts.ts'
import { isTheirs } from '../recovery/rules.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { triggerFrom } from './circumstances.ts'
import type { Triggered } from './dispatcher.ts'

/** Somebody is in trouble. Answered once the person's object has it on disk; whoever is to be told is told after that. */
export const triggerAlarm = async (
  ctx: MemberCtx,
  accountId: number,
): Promise<Triggered | Refusal<'not-found' | 'no-scenario' | 'throttled'>> => {
  if (!isTheirs(ctx, accountId)) return refuse('not-found')
  const found = await findCircumstances(ctx.store, accountId, CONTACTS_AT_MOST)
  if (!found) return refuse('not-found')
  if (!found.scenario) return refuse('no-scenario')
  const triggered = await ctx.alarms.of(accountId).trigger(triggerFrom(accountId, found, found.scenario))
  if ('throttledFor' in triggered) return refuse('throttled', { seconds: triggered.throttledFor })
  // After the object, never before: a row that points to nothing is harmless, and should this write be lost, the object
  // makes it good when it rings.
  ctx.later(noteOpenAlarm(ctx.store, accountId, ctx.now()))
  return triggered
}
