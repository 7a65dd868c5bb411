import type { Choice } from '../../store/master.ts'
import { findPreference, insertPreference, type Preference, type PreferenceChanges, updatePreference } from '../../store/preferences.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { Preference, PreferenceChanges }

const CHOICES = ['gender', 'religion', 'caste', 'profession', 'education', 'marital_status', 'location', 'language'] as const

/** The values of a preference that must exist in a master list, each with the name of that list. */
const choicesIn = ({ maritalStatus, ...wished }: PreferenceChanges): Choice[] => {
  const values = { ...wished, marital_status: maritalStatus }
  return CHOICES.flatMap((type) => {
    const value = values[type] ?? []
    return (typeof value === 'string' ? [value] : value).map((choice) => ({ type, value: choice }))
  })
}

/** Creates the caller's partner preference. Each account has at most one. */
export const addPreference = async (
  context: MemberContext,
  wished: PreferenceChanges,
): Promise<null | Failure<'preference-exists' | 'unknown-values'>> => {
  const outcome = await insertPreference(context.store, {
    accountId: context.actor.account.id,
    fields: wished,
    choices: choicesIn(wished),
    now: context.now(),
  })
  if (outcome === 'created') return null
  return outcome === 'exists' ? fail('preference-exists') : fail('unknown-values', { valid: outcome.unknown })
}

/** Returns the caller's partner preference. */
export const readPreference = async (context: MemberContext): Promise<Preference | Failure<'no-preference'>> =>
  (await findPreference(context.store, context.actor.account.id)) ?? fail('no-preference')

/** Changes the fields in the input; the others stay. */
export const changePreference = async (
  context: MemberContext,
  wished: PreferenceChanges,
): Promise<Preference | Failure<'no-preference' | 'unknown-values'>> => {
  const changed = await updatePreference(context.store, {
    accountId: context.actor.account.id,
    fields: wished,
    choices: choicesIn(wished),
    now: context.now(),
  })
  if (changed === 'not-found') return fail('no-preference')
  return 'unknown' in changed ? fail('unknown-values', { valid: changed.unknown }) : changed
}
