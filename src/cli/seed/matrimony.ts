import { findAccount } from '../../domain/accounts/operate.ts'
import { isAcceptable } from '../../domain/accounts/password-rules.ts'
import { register } from '../../domain/accounts/register.ts'
import type { Context } from '../../domain/context.ts'
import { Failure } from '../../domain/failures.ts'
import { addPreference } from '../../domain/matching/preferences.ts'
import { cleanImage } from '../../domain/profiles/images/clean.ts'
import { createProfile } from '../../domain/profiles/matrimony.ts'
import { addPlan } from '../../domain/subscriptions/add-plan.ts'
import { as, PASSWORD } from './people.ts'
import { portrait } from './pictures.ts'

const HOW_MANY = 200
const DAY = 24 * 60 * 60 * 1000

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

/** The same people on every machine: a plain generator with a fixed beginning. */
const dice = (seed: number) => {
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
  if (value === undefined || value === null) throw new Error('the seed ran out of something')
  return value
}

const settled = (outcome: unknown): void => {
  if (outcome instanceof Failure) throw new Error(`the seed was refused: ${outcome.code}`)
}

const portraitOf = (number: number) => {
  const thrown = dice(number * 7919)
  const gender = number % 2 === 0 ? ('Female' as const) : ('Male' as const)
  const [firstName, lastName] = [thrown.pick(NAMES[gender]), thrown.pick(FAMILIES)]
  return { ...thrown, gender, firstName, lastName, username: `${firstName}.${lastName}.${number}`.toLowerCase() }
}

/** Somebody believable, and whom they would like to meet. False where they are there already. */
const makeOne = async (context: Context, number: number): Promise<boolean> => {
  const { gender, firstName, lastName, username, pick, between, roll } = portraitOf(number)
  if (!isAcceptable(PASSWORD, 'basic')) throw new Error('the seed password breaks the basic rules')
  const made = await register(context, { username, password: PASSWORD, email: `${username}@example.com`, firstName, lastName })
  if (made instanceof Failure) return false
  const member = as(context, made.account)
  const age = between(21, 45)
  const born = new Date(context.now() - (age * 365.25 + roll(300)) * DAY).toISOString().slice(0, 10)
  const height = gender === 'Female' ? between(148, 178) : between(160, 192)
  const image = must(cleanImage(portrait(roll(360))))
  const said = {
    gender,
    dateOfBirth: born,
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
  settled(await createProfile(member, { said, image }))
  settled(
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
      profession: [pick(PROFESSIONS), pick(PROFESSIONS)].filter((one, at, all) => all.indexOf(one) === at),
      education: [pick(EDUCATIONS)],
      location: [said.location],
      language: [said.language],
      maritalStatus: 'Single',
    }),
  )
  return true
}

export const seedMatrimony = async (context: Context): Promise<string> => {
  // Making an account hashes a password before it looks whether the name is free: two hundred times is a while.
  if (await findAccount(context, portraitOf(HOW_MANY).username)) return 'those who look for somebody were there already'
  let made = 0
  for (let number = 1; number <= HOW_MANY; number++) if (await makeOne(context, number)) made++
  if (made > 0) {
    const [startDate, endDate] = [0, 365].map((days) => new Date(context.now() + days * DAY).toISOString().slice(0, 10))
    for (const planType of ['basic', 'premium', 'platinum']) {
      settled(await addPlan(context, { planType, startDate: must(startDate), endDate: must(endDate), status: 'active' }))
    }
  }
  return `${made} people who look for somebody (password ${PASSWORD}), and three subscription plans`
}
