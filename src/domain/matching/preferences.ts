import type { Chosen } from '../../store/master.ts'
import { findPreference, insertPreference, type Preference, type PreferenceChanges, updatePreference } from '../../store/preferences.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { Preference, PreferenceChanges }

const CHOICES = ['gender', 'religion', 'caste', 'profession', 'education', 'marital_status', 'location', 'language'] as const

/** The values that a preference takes from the lists, each with the list that it must be in. */
const choicesIn = ({ maritalStatus, ...wished }: PreferenceChanges): Chosen[] => {
  const given = { ...wished, marital_status: maritalStatus }
  return CHOICES.flatMap((type) => {
    const value = given[type] ?? []
    return (typeof value === 'string' ? [value] : value).map((one) => ({ type, value: one }))
  })
}

/** Writes down what the caller looks for, once. */
export const addPreference = async (
  ctx: MemberCtx,
  wished: PreferenceChanges,
): Promise<null | Refusal<'preference-exists' | 'unknown-values'>> => {
  const made = await insertPreference(ctx.store, {
    accountId: ctx.actor.account.id,
    wished,
    chosen: choicesIn(wished),
    now: ctx.now(),
  })
  if (made === 'made') return null
  return made === 'exists' ? refuse('preference-exists') : refuse('unknown-values', { valid: made.unknown })
}

/** What the caller looks for. */
export const readPreference = async (ctx: MemberCtx): Promise<Preference | Refusal<'no-preference'>> =>
  (await findPreference(ctx.store, ctx.actor.account.id)) ?? refuse('no-preference')

/** Changes what the caller gives; the rest stays. */
export const changePreference = async (
  ctx: MemberCtx,
  wished: PreferenceChanges,
): Promise<Preference | Refusal<'no-preference' | 'unknown-values'>> => {
  const changed = await updatePreference(ctx.store, {
    accountId: ctx.actor.account.id,
    wished,
    chosen: choicesIn(wished),
    now: ctx.now(),
  })
  if (changed === 'not-found') return refuse('no-preference')
  return 'unknown' in changed ? refuse('unknown-values', { valid: changed.unknown }) : changed
}
