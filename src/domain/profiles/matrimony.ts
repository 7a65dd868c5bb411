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
import type { MemberCtx } from '../context.ts'
import { type NumberedPage, numberedPage, type PageNumber } from '../numbered-page.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { ageOn } from './age.ts'
import type { CleanImage } from './images/clean.ts'
import { dropPicture, picturePath, withPicture } from './pictures.ts'

export type { ProfileChanges, ValidValues }

/** A profile as somebody may see it: how old a person is changes with the day, and what they earn is theirs. */
export interface ShownProfile extends MatrimonyProfile {
  readonly age: number | null
  readonly picturePath: string
}

const shown = (ctx: MemberCtx, profile: MatrimonyProfile): ShownProfile => {
  const { account } = ctx.actor
  const isTheirs = account.id === profile.accountId || isStaff(account)
  return {
    ...profile,
    age: profile.dateOfBirth === null ? null : ageOn(ctx.now(), profile.dateOfBirth),
    picturePath: picturePath(profile.image),
    ...(!isTheirs && { income: null, dateOfBirth: null }),
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
  ctx: MemberCtx,
  { said, image }: { said: ProfileChanges; image: CleanImage },
): Promise<null | Refusal<'profile-exists' | 'unknown-values'>> => {
  const accountId = ctx.actor.account.id
  return withPicture<null | Refusal<'profile-exists' | 'unknown-values'>>(ctx, { accountId, image }, async (picture) => {
    const made = await insertProfile(ctx.store, { accountId, said, chosen: choicesIn(said), picture, now: ctx.now() })
    if (made === 'made') return null
    return made === 'exists' ? refuse('profile-exists', { accountId }) : refuse('unknown-values', { valid: made.unknown })
  })
}

/** Changes what the caller gives of their profile; a picture that is replaced is gone. */
export const changeProfile = async (
  ctx: MemberCtx,
  { said, image }: { said: ProfileChanges; image: CleanImage | null },
): Promise<ShownProfile | Refusal<'no-profile' | 'unknown-values'>> => {
  const accountId = ctx.actor.account.id
  const change = async (picture: Picture | null): Promise<ShownProfile | Refusal<'no-profile' | 'unknown-values'>> => {
    const changed = await updateProfile(ctx.store, { accountId, said, chosen: choicesIn(said), picture, now: ctx.now() })
    if (changed === 'not-found') return refuse('no-profile')
    if ('unknown' in changed) return refuse('unknown-values', { valid: changed.unknown })
    if (picture) await dropPicture(ctx, changed.imageBefore)
    return shown(ctx, changed.profile)
  }
  return image ? withPicture(ctx, { accountId, image }, change) : change(null)
}

/** The caller's own profile. */
export const readProfile = async (ctx: MemberCtx): Promise<ShownProfile | Refusal<'no-profile'>> => {
  const profile = await findProfile(ctx.store, ctx.actor.account.id)
  return profile ? shown(ctx, profile) : refuse('no-profile')
}

/** Everybody's profile whose account is open, oldest account first. */
export const listProfiles = async (ctx: MemberCtx, page: PageNumber, size: number): Promise<NumberedPage<ShownProfile>> => {
  const found = await numberedPage(page, size, (from) => findListedProfiles(ctx.store, from, size))
  return { ...found, items: found.items.map((profile) => shown(ctx, profile)) }
}

/** Takes the caller's profile away, with its picture; it may be made anew. */
export const removeProfile = async (ctx: MemberCtx): Promise<null | Refusal<'no-profile'>> => {
  const image = await deleteProfile(ctx.store, ctx.actor.account.id, picturePath, ctx.now())
  if (image === null) return refuse('no-profile')
  await dropPicture(ctx, image)
  return null
}
