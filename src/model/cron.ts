/** The crons of wrangler.toml: once a day, and every five minutes. */
export const CRONS = ['sweep', 'alarms'] as const

export type Cron = (typeof CRONS)[number]
