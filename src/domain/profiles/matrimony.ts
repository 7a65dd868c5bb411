import type { Chosen, ValidValues } from '../../store/master.ts'
import {
  deleteProfile,
  findListedProfiles,
  findProfile,
  insertProfile,
  type MatrimonyProfile,
  type Picture,
  type ProfileChanges,
  updateProfile,
} from '../../store/matrimony-profiles.ts'
import { isStaff } from '../accounts/staff.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { type NumberedPage, numberedPage, type PageNumber } from '../numbered-page.ts'
import { ageOn } from './age.ts'
import type { CleanImage } from './images/clean.ts'
import { dropPicture, picturePath, withPicture } from './pictures.ts'

export type { ProfileChanges, ValidValues }

/** A profile as somebody may see it: how old a person is changes with the day, and what they earn is theirs. */
export interface ShownProfile extends MatrimonyProfile {
  readonly age: number | null
  readonly picturePath: string
}

const shown = (context: MemberContext, profile: MatrimonyProfile): ShownProfile => {
  const { account } = context.actor
  const isOwnerOrStaff = account.id === profile.accountId || isStaff(account)
  return {
    ...profile,
    age: profile.dateOfBirth === null ? null : ageOn(context.now(), profile.dateOfBirth),
    picturePath: picturePath(profile.image),
    ...(!isOwnerOrStaff && { income: null, dateOfBirth: null }),
  }
}

/** The values that a profile takes from the lists, each with the list that it must be in. */
export const choicesIn = (said: ProfileChanges): Chosen[] => {
  const given = {
    gender: said.gender,
    religion: said.religion,
    caste: said.caste,
    profession: said.profession,
    education: said.education,
    marital_status: said.maritalStatus,
    location: said.location,
    language: said.language,
  } as const
  const chosen: Chosen[] = []
  for (const type of CHOICES) {
    const value = given[type]
    if (value) chosen.push({ type, value })
  }
  return chosen
}

const CHOICES = ['gender', 'religion', 'caste', 'profession', 'education', 'marital_status', 'location', 'language'] as const

/** Makes the caller's one profile. */
export const createProfile = async (
  context: MemberContext,
  { said, image }: { said: ProfileChanges; image: CleanImage },
): Promise<null | Failure<'profile-exists' | 'unknown-values'>> => {
  const accountId = context.actor.account.id
  return withPicture<null | Failure<'profile-exists' | 'unknown-values'>>(context, { accountId, image }, async (picture) => {
    const made = await insertProfile(context.store, { accountId, said, chosen: choicesIn(said), picture, now: context.now() })
    if (made === 'made') return null
    return made === 'exists' ? fail('profile-exists', { accountId }) : fail('unknown-values', { valid: made.unknown })
  })
}

/** Changes what the caller gives of their profile; a picture that is replaced is gone. */
export const changeProfile = async (
  context: MemberContext,
  { said, image }: { said: ProfileChanges; image: CleanImage | null },
): Promise<ShownProfile | Failure<'no-profile' | 'unknown-values'>> => {
  const accountId = context.actor.account.id
  const change = async (picture: Picture | null): Promise<ShownProfile | Failure<'no-profile' | 'unknown-values'>> => {
    const changed = await updateProfile(context.store, { accountId, said, chosen: choicesIn(said), picture, now: context.now() })
    if (changed === 'not-found') return fail('no-profile')
    if ('unknown' in changed) return fail('unknown-values', { valid: changed.unknown })
    if (picture) await dropPicture(context, changed.imageBefore)
    return shown(context, changed.profile)
  }
  return image ? withPicture(context, { accountId, image }, change) : change(null)
}

/** The caller's own profile. */
export const readProfile = async (context: MemberContext): Promise<ShownProfile | Failure<'no-profile'>> => {
  const profile = await findProfile(context.store, context.actor.account.id)
  return profile ? shown(context, profile) : fail('no-profile')
}

/** Everybody's profile whose account is open, oldest account first. */
export const listProfiles = async (context: MemberContext, page: PageNumber, size: number): Promise<NumberedPage<ShownProfile>> => {
  const found = await numberedPage(page, size, (from) => findListedProfiles(context.store, from, size))
  return { ...found, items: found.items.map((profile) => shown(context, profile)) }
}

/** Takes the caller's profile away, with its picture; it may be made anew. */
export const removeProfile = async (context: MemberContext): Promise<null | Failure<'no-profile'>> => {
  const image = await deleteProfile(context.store, context.actor.account.id, picturePath, context.now())
  if (image === null) return fail('no-profile')
  await dropPicture(context, image)
  return null
}
