import { ageOn } from '../../model/age.ts'
import { type Choice, choicesIn } from '../../model/master.ts'
import type { MatrimonyProfile, Picture, ProfileChanges } from '../../model/matrimony-profile.ts'
import { type NumberedPage, numberedPage, type PageNumber } from '../../model/page.ts'
import { picturePath } from '../../model/picture.ts'
import { fail, type Result } from '../../model/result.ts'
import { deleteProfile, findListedProfiles, findProfile, insertProfile, updateProfile } from '../../store/matrimony-profiles.ts'
import { isOwnerOrStaff, type MemberContext } from '../access.ts'
import { numberIn } from '../numbers.ts'
import type { CleanImage } from './images/clean.ts'
import { dropPicture, withPicture } from './pictures.ts'

/**
 * A profile as the caller may see it. The age is calculated for the current day. Only the owner and staff see the income and
 * the date of birth.
 */
export interface ProfileView extends MatrimonyProfile {
  readonly age: number | null
  readonly picturePath: string
}

const toView = (context: MemberContext, profile: MatrimonyProfile): ProfileView => ({
  ...profile,
  age: profile.dateOfBirth === null ? null : ageOn(context.now(), profile.dateOfBirth),
  picturePath: picturePath(profile.image),
  ...(!isOwnerOrStaff(context, profile.accountId) && { income: null, dateOfBirth: null }),
})

const choicesOf = ({ maritalStatus, ...changes }: ProfileChanges): Choice[] => choicesIn({ ...changes, marital_status: maritalStatus })

/** Creates the caller's profile. Each account has at most one. */
export const createProfile = async (
  context: MemberContext,
  { changes, image }: { changes: ProfileChanges; image: CleanImage },
): Promise<Result<null, 'profile-exists' | 'unknown-values'>> => {
  const accountId = context.actor.account.id
  return withPicture<Result<null, 'profile-exists' | 'unknown-values'>>(context, { accountId, image }, async (picture) => {
    const outcome = await insertProfile(context.store, {
      accountId,
      fields: changes,
      choices: choicesOf(changes),
      picture,
      now: context.now(),
    })
    if (outcome === 'created') return null
    return outcome === 'exists'
      ? fail('profile-exists', { accountId: numberIn('matrimony')(context, accountId) })
      : fail('unknown-values', { valid: outcome.unknown })
  })
}

/** Changes the fields in the input; the others stay. A replaced picture is deleted. */
export const changeProfile = async (
  context: MemberContext,
  { changes, image }: { changes: ProfileChanges; image: CleanImage | null },
): Promise<Result<ProfileView, 'no-profile' | 'unknown-values'>> => {
  const accountId = context.actor.account.id
  const change = async (picture: Picture | null): Promise<Result<ProfileView, 'no-profile' | 'unknown-values'>> => {
    const changed = await updateProfile(context.store, {
      accountId,
      fields: changes,
      choices: choicesOf(changes),
      picture,
      now: context.now(),
    })
    if (changed === 'not-found') return fail('no-profile')
    if ('unknown' in changed) return fail('unknown-values', { valid: changed.unknown })
    if (picture) await dropPicture(context, changed.imageBefore)
    return toView(context, changed.profile)
  }
  return image ? withPicture(context, { accountId, image }, change) : change(null)
}

/** Returns the caller's own profile. */
export const readProfile = async (context: MemberContext): Promise<Result<ProfileView, 'no-profile'>> => {
  const profile = await findProfile(context.store, context.actor.account.id)
  return profile ? toView(context, profile) : fail('no-profile')
}

/** Lists the profiles of all active accounts, oldest account first, without blocked ones. */
export const listProfiles = async (context: MemberContext, page: PageNumber, size: number): Promise<NumberedPage<ProfileView>> => {
  const profiles = await numberedPage(page, size, (from) => findListedProfiles(context.store, context.actor.account.id, from, size))
  return { ...profiles, items: profiles.items.map((profile) => toView(context, profile)) }
}

/** Deletes the caller's profile and its picture. The caller may create a new one. */
export const removeProfile = async (context: MemberContext): Promise<Result<null, 'no-profile'>> => {
  const image = await deleteProfile(context.store, context.actor.account.id, picturePath, context.now())
  if (image === null) return fail('no-profile')
  await dropPicture(context, image)
  return null
}
