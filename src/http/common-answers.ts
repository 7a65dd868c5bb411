import type { Answer } from './answer.ts'
import { errorResponse } from './answers.ts'

/** What every dialect errorResponse in the same words. */

export const NOT_FOUND = errorResponse(404, { detail: 'Not found.' })
export const CROSS_SITE = errorResponse(403, { detail: 'CSRF Failed: Origin checking failed.' })

export const throttled = (seconds: number): Answer =>
  errorResponse(429, { detail: `Request was throttled. Expected available in ${seconds} seconds.` }, { 'Retry-After': String(seconds) })
