import { sql } from 'drizzle-orm'
import type { Cron } from '../model/cron.ts'
import type { Backlog } from '../model/readiness.ts'
import type { Store } from './store.ts'
import { outbox } from './tables/alarms.ts'
import { cronRuns } from './tables/cron-runs.ts'

/** `oldestDueAt`: when the oldest work was due that the run has found undone. */
export const recordCronRun = async ({ orm }: Store, name: Cron, finishedAt: number, oldestDueAt: number | null = null): Promise<void> => {
  const run = { finishedAt, oldestDueAt }
  await orm
    .insert(cronRuns)
    .values({ name, ...run })
    .onConflictDoUpdate({ target: cronRuns.name, set: run })
}

/** There may be thousands while the provider does not work. They are sent in the order of this index. */
const nextMessages = sql`(SELECT ${outbox.createdAt} FROM ${outbox} WHERE ${outbox.dueAt} IS NOT NULL ORDER BY ${outbox.dueAt} LIMIT 100)`

export const findBacklog = async ({ orm }: Store): Promise<Backlog> => {
  const [runs, [oldest]] = await orm.batch([
    orm.select().from(cronRuns),
    orm.select({ createdAt: sql<number | null>`min(created_at)`.as('oldest') }).from(nextMessages),
  ])
  const run = (name: Cron) => runs.find((row) => row.name === name)
  return {
    sweptAt: run('sweep')?.finishedAt ?? null,
    alarmsCheckedAt: run('alarms')?.finishedAt ?? null,
    oldestAlarmDueAt: run('alarms')?.oldestDueAt ?? null,
    oldestMessageAt: oldest?.createdAt ?? null,
  }
}
