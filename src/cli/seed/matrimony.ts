import { actAs, type OperatorContext } from '../../domain/access.ts'
import { findAccount } from '../../domain/accounts/operator-actions.ts'
import { isAcceptable } from '../../domain/accounts/password-rules.ts'
import { register } from '../../domain/accounts/register.ts'
import { addPreference } from '../../domain/matching/preferences.ts'
import { cleanImage } from '../../domain/profiles/images/clean.ts'
import { createProfile } from '../../domain/profiles/matrimony.ts'
import { addPlan } from '../../domain/subscriptions.ts'
import { Failure } from '../../model/result.ts'
import { PLAN_TYPES } from '../../model/subscription.ts'
import { DAY, isoDay } from '../../model/time.ts'
import { PASSWORD } from './people.ts'
import { portrait } from './pictures.ts'

const MEMBER_COUNT = 200

const NAMES = {
  Female: ['Anjali', 'Divya', 'Fathima', 'Lakshmi', 'Meera', 'Nisha', 'Priya', 'Reshma', 'Sneha', 'Teena'],
  Male: ['Arun', 'Bijoy', 'Faisal', 'Gokul', 'Hari', 'Jithin', 'Manu', 'Nikhil', 'Rahul', 'Syam'],
} as const
const FAMILIES = ['Nair', 'Menon', 'Thomas', 'Varma', 'Pillai', 'Joseph', 'Khan', 'Kurian', 'Das', 'Babu']
const PROFESSIONS = ['Software Engineer', 'Doctor', 'Teacher', 'Nurse', 'Accountant', 'Lawyer', 'Architect', 'Banker', 'Writer', 'Chef']
const EDUCATIONS = ["Bachelor's Degree", "Master's Degree", 'MBA', 'Engineering Degree', 'Medical Degree', 'PhD', 'Diploma']
const LOCATIONS = ['Kochi', 'Kozhikode', 'Thrissur', 'Kottayam', 'Ernakulam', 'Palakkad', 'Kannur', 'Thiruvananthapuram']
const LANGUAGES = ['Malayalam', 'English', 'Tamil', 'Hindi', 'Kannada']
const RELIGIONS = ['Hindu', 'Christian', 'Muslim']
const CASTES = ['Nair', 'Syrian Catholic', 'OBC', 'GENERAL', 'Other']
const BIOS = ['Reads more than is good for one.', 'Early to rise, with tea.', 'Sings when nobody listens.', 'At home on trains.']

/** A linear congruential generator with a fixed seed, so that every machine gets the same people. */
const createRandom = (seed: number) => {
  let state = seed
  const roll = (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
  return {
    roll,
    between: (low: number, high: number) => low + roll(high - low + 1),
    pick: <T>(list: readonly T[]): T => must(list[roll(list.length)]),
  }
}

const must = <T>(value: T | undefined | null): T => {
  if (value === undefined || value === null) throw new Error('a value for the seed data is missing')
  return value
}

const assertSuccess = (outcome: unknown): void => {
  if (outcome instanceof Failure) throw new Error(`seeding failed: ${outcome.code}`)
}

const seedMemberOf = (number: number) => {
  const random = createRandom(number * 7919)
  const gender = number % 2 === 0 ? ('Female' as const) : ('Male' as const)
  const [firstName, lastName] = [random.pick(NAMES[gender]), random.pick(FAMILIES)]
  return { ...random, gender, firstName, lastName, username: `${firstName}.${lastName}.${number}`.toLowerCase() }
}

/** Creates a member with a profile and a partner preference. Returns false if the username is already taken. */
const createMember = async (context: OperatorContext, number: number): Promise<boolean> => {
  const { gender, firstName, lastName, username, pick, between, roll } = seedMemberOf(number)
  if (!isAcceptable(PASSWORD, 'basic')) throw new Error('the seed password does not pass the basic password rules')
  const registered = await register(context, { username, password: PASSWORD, email: `${username}@example.com`, firstName, lastName })
  if (registered instanceof Failure) return false
  const member = actAs(context, registered)
  const age = between(21, 45)
  const dateOfBirth = isoDay(context.now() - (age * 365.25 + roll(300)) * DAY)
  const height = gender === 'Female' ? between(148, 178) : between(160, 192)
  const image = must(cleanImage(portrait(roll(360))))
  const profile = {
    gender,
    dateOfBirth,
    height,
    weight: between(48, 95),
    income: between(3, 30) * 100_000,
    religion: pick(RELIGIONS),
    caste: pick(CASTES),
    profession: pick(PROFESSIONS),
    education: pick(EDUCATIONS),
    location: pick(LOCATIONS),
    language: pick(LANGUAGES),
    maritalStatus: roll(8) === 0 ? 'Divorced' : 'Single',
    bio: pick(BIOS),
  }
  assertSuccess(await createProfile(member, { changes: profile, image }))
  assertSuccess(
    await addPreference(member, {
      gender: gender === 'Female' ? 'Male' : 'Female',
      ageMin: Math.max(18, age - 5),
      ageMax: Math.min(55, age + 6),
      heightMin: 145,
      heightMax: 195,
      weightMin: 45,
      weightMax: 95,
      incomeMin: 300_000,
      incomeMax: 3_000_000,
      profession: [pick(PROFESSIONS), pick(PROFESSIONS)].filter((profession, index, all) => all.indexOf(profession) === index),
      education: [pick(EDUCATIONS)],
      location: [profile.location],
      language: [profile.language],
      maritalStatus: 'Single',
    }),
  )
  return true
}

const REPORT_EVERY = 40

export const seedMatrimony = async (context: OperatorContext, report: (line: string) => void): Promise<string> => {
  // Registration hashes the password before it checks whether the name is free. For 200 members that takes a while.
  if (await findAccount(context, seedMemberOf(MEMBER_COUNT).username)) return 'the matrimony members exist already'
  let created = 0
  for (let number = 1; number <= MEMBER_COUNT; number++) {
    if (await createMember(context, number)) created++
    if (number % REPORT_EVERY === 0 && number < MEMBER_COUNT) report(`  ${number} of ${MEMBER_COUNT} …`)
  }
  if (created > 0) {
    const [startDate, endDate] = [0, 365].map((days) => isoDay(context.now() + days * DAY))
    for (const planType of PLAN_TYPES) {
      assertSuccess(await addPlan(context, { planType, startDate: must(startDate), endDate: must(endDate), status: 'active' }))
    }
  }
  return `${created} matrimony members (password ${PASSWORD}), and three subscription plans`
}
