import { type Choice, choicesIn } from '../../model/master.ts'
import type { Preference, PreferenceChanges } from '../../model/matching.ts'
import { fail, type Result } from '../../model/result.ts'
import { findPreference, insertPreference, updatePreference } from '../../store/preferences.ts'
import type { MemberContext } from '../access.ts'

const choicesOf = ({ maritalStatus, ...wished }: PreferenceChanges): Choice[] => choicesIn({ ...wished, marital_status: maritalStatus })

/** Creates the caller's partner preference. Each account has at most one. */
export const addPreference = async (
  context: MemberContext,
  wished: PreferenceChanges,
): Promise<Result<null, 'preference-exists' | 'unknown-values'>> => {
  const outcome = await insertPreference(context.store, {
    accountId: context.actor.account.id,
    fields: wished,
    choices: choicesOf(wished),
    now: context.now(),
  })
  if (outcome === 'created') return null
  return outcome === 'exists' ? fail('preference-exists') : fail('unknown-values', { valid: outcome.unknown })
}

/** Returns the caller's partner preference. */
export const readPreference = async (context: MemberContext): Promise<Result<Preference, 'no-preference'>> =>
  (await findPreference(context.store, context.actor.account.id)) ?? fail('no-preference')

/** Changes the fields in the input; the others stay. */
export const changePreference = async (
  context: MemberContext,
  wished: PreferenceChanges,
): Promise<Result<Preference, 'no-preference' | 'unknown-values'>> => {
  const changed = await updatePreference(context.store, {
    accountId: context.actor.account.id,
    fields: wished,
    choices: choicesOf(wished),
    now: context.now(),
  })
  if (changed === 'not-found') return fail('no-preference')
  return 'unknown' in changed ? fail('unknown-values', { valid: changed.unknown }) : changed
}
