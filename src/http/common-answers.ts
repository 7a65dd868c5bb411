import type { Answer } from './answer.ts'
import { says } from './answers.ts'

/** What every dialect says in the same words. */

export const NOT_FOUND = says(404, { detail: 'Not found.' })
export const CROSS_SITE = says(403, { detail: 'CSRF Failed: Origin checking failed.' })

export const throttled = (seconds: number): Answer =>
  says(429, { detail: `Request was throttled. Expected available in ${seconds} seconds.` }, { 'Retry-After': String(seconds) })
