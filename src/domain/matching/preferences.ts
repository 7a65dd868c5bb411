import type { Chosen } from '../../store/master.ts'
import { findPreference, insertPreference, type Preference, type PreferenceChanges, updatePreference } from '../../store/preferences.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

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
  context: MemberContext,
  wished: PreferenceChanges,
): Promise<null | Failure<'preference-exists' | 'unknown-values'>> => {
  const made = await insertPreference(context.store, {
    accountId: context.actor.account.id,
    wished,
    chosen: choicesIn(wished),
    now: context.now(),
  })
  if (made === 'made') return null
  return made === 'exists' ? fail('preference-exists') : fail('unknown-values', { valid: made.unknown })
}

/** What the caller looks for. */
export const readPreference = async (context: MemberContext): Promise<Preference | Failure<'no-preference'>> =>
  (await findPreference(context.store, context.actor.account.id)) ?? fail('no-preference')

/** Changes what the caller gives; the rest stays. */
export const changePreference = async (
  context: MemberContext,
  wished: PreferenceChanges,
): Promise<Preference | Failure<'no-preference' | 'unknown-values'>> => {
  const changed = await updatePreference(context.store, {
    accountId: context.actor.account.id,
    wished,
    chosen: choicesIn(wished),
    now: context.now(),
  })
  if (changed === 'not-found') return fail('no-preference')
  return 'unknown' in changed ? fail('unknown-values', { valid: changed.unknown }) : changed
}
