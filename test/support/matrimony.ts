import { env } from 'cloudflare:workers'
import { type Person, person, personWith } from './people.ts'

/** An operator of the matrimony service: may do everything there. */
export const operator = (): Promise<Person> => personWith('is_admin', 'is_staff', 'is_superuser')

const DAY = 24 * 60 * 60 * 1000

/** A day from now, as `YYYY-MM-DD`. */
export const dayFromNow = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10)

/** A plan that somebody may be on, and its id. */
export const plan = async (type = 'platinum', endsIn = 300, status = 'active'): Promise<number> => {
  const made = await env.DB.prepare(
    'INSERT INTO subscription_plans (plan_type, start_date, end_date, status, created_at, updated_at) VALUES (?, ?, ?, ?, 0, 0) RETURNING id',
  )
    .bind(type, dayFromNow(-300), dayFromNow(endsIn), status)
    .first<number>('id')
  return Number(made)
}

/** Puts somebody on a plan. */
export const subscribe = async ({ id }: Pick<Person, 'id'>, planId: number): Promise<void> => {
  await env.DB.prepare('UPDATE accounts SET subscription_plan_id = ? WHERE id = ?').bind(planId, id).run()
}

export const subscriber = async (type?: string, endsIn?: number): Promise<Person> => {
  const [someone, planId] = await Promise.all([person(), plan(type, endsIn)])
  await subscribe(someone, planId)
  return someone
}
