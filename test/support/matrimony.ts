import { env } from 'cloudflare:workers'
import { type Person, person, personWith } from './people.ts'

/** An account with all three flags, which may use every endpoint. */
export const operator = (): Promise<Person> => personWith('is_admin', 'is_staff', 'is_superuser')

const DAY = 24 * 60 * 60 * 1000

/** The date in so many days, as `YYYY-MM-DD`. */
export const dayFromNow = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10)

/** Inserts a subscription plan and returns its id. */
export const plan = async (type = 'platinum', endsIn = 300, status = 'active'): Promise<number> => {
  const id = await env.DB.prepare(
    'INSERT INTO subscription_plans (plan_type, start_date, end_date, status, created_at, updated_at) VALUES (?, ?, ?, ?, 0, 0) RETURNING id',
  )
    .bind(type, dayFromNow(-300), dayFromNow(endsIn), status)
    .first<number>('id')
  return Number(id)
}

/** Gives an account a subscription plan. */
export const subscribe = async ({ id }: Pick<Person, 'id'>, planId: number): Promise<void> => {
  await env.DB.prepare('UPDATE accounts SET subscription_plan_id = ? WHERE id = ?').bind(planId, id).run()
}

export const subscriber = async (type?: string, endsIn?: number): Promise<Person> => {
  const [someone, planId] = await Promise.all([person(), plan(type, endsIn)])
  await subscribe(someone, planId)
  return someone
}

const columnsOf = (row: Record<string, unknown>): [string, unknown][] =>
  Object.entries(row).map(([name, value]) => [name, Array.isArray(value) ? JSON.stringify(value) : value])

const insert = async (table: string, row: Record<string, unknown>): Promise<void> => {
  const columns = columnsOf(row)
  await env.DB.prepare(`INSERT INTO ${table} (${columns.map(([name]) => name).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .bind(...columns.map(([, value]) => value))
    .run()
}

/** Inserts a profile that matches the preference of `insertPreferenceFor`, except for the given columns. */
export const insertProfileFor = ({ id }: Pick<Person, 'id'>, columns: Record<string, unknown> = {}): Promise<void> =>
  insert('matrimony_profiles', {
    account_id: id,
    is_listed: 1,
    gender: 'Male',
    date_of_birth: '1994-05-05',
    height: 175,
    weight: 70,
    income: 900000,
    profession: 'Doctor',
    education: 'MBBS',
    location: 'Kochi',
    language: 'Malayalam',
    marital_status: 'Single',
    religion: 'Hindu',
    caste: 'Nair',
    image: `of-${id}`,
    created_at: Date.now(),
    updated_at: 0,
    ...columns,
  })

export const insertPreferenceFor = ({ id }: Pick<Person, 'id'>, columns: Record<string, unknown> = {}): Promise<void> =>
  insert('match_preferences', {
    account_id: id,
    gender: 'Male',
    age_min: 25,
    age_max: 60,
    height_min: 160,
    height_max: 190,
    weight_min: 60,
    weight_max: 90,
    income_min: 500000,
    income_max: 2000000,
    profession: ['Doctor', 'Teacher'],
    education: ['MBBS'],
    location: ['Kochi', 'Thrissur'],
    language: ['Malayalam'],
    marital_status: 'Single',
    religion: ['Hindu'],
    caste: ['Nair'],
    created_at: 0,
    updated_at: 0,
    ...columns,
  })

/** Deletes all profiles, preferences, matches and blocks: for a test that counts matches. */
export const cleanup = async (): Promise<void> => {
  await env.DB.batch(
    ['matrimony_profiles', 'match_preferences', 'matches', 'blocks'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  )
}
