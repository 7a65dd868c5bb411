import * as z from 'zod/mini'
import type { Context } from '../../domain/context.ts'
import type { ProfileView } from '../../domain/profiles/matrimony.ts'
import { documented } from '../../http/response/documented.ts'
import { mediaUrl } from '../../http/response/media.ts'
import { isoTime } from '../../model/time.ts'
import { numberOf } from './numbers.ts'

export const Profile = documented(
  z.object({
    id: z.int(),
    Profile_img_url: z.string(),
    Gender: z.nullable(z.string()),
    Date_of_Birth: z.nullable(z.string()),
    Age: z.nullable(z.int()),
    Height: z.nullable(z.int()),
    Weight: z.nullable(z.int()),
    Religion: z.nullable(z.string()),
    Caste: z.nullable(z.string()),
    Income: z.nullable(z.int()),
    Profession: z.nullable(z.string()),
    Education: z.nullable(z.string()),
    Bio: z.string(),
    Marital_status: z.nullable(z.string()),
    Location: z.nullable(z.string()),
    Language: z.nullable(z.string()),
    Profile_img: z.string(),
    created_on: z.string(),
    updated_on: z.string(),
    user_id: z.int(),
  }),
  { id: 'Profile' },
)

export const toWire = (context: Context, profile: ProfileView, requestUrl: string): z.infer<typeof Profile> => ({
  id: numberOf(context, profile.accountId),
  Profile_img_url: mediaUrl(requestUrl, profile.picturePath) ?? '',
  Gender: profile.gender || null,
  Date_of_Birth: profile.dateOfBirth,
  Age: profile.age,
  Height: profile.height,
  Weight: profile.weight,
  Religion: profile.religion,
  Caste: profile.caste,
  Income: profile.income,
  Profession: profile.profession,
  Education: profile.education,
  Bio: profile.bio,
  Marital_status: profile.maritalStatus,
  Location: profile.location,
  Language: profile.language,
  Profile_img: profile.picturePath,
  created_on: isoTime(profile.createdAt),
  updated_on: isoTime(profile.updatedAt),
  user_id: numberOf(context, profile.accountId),
})
