import { el } from './dom.ts'

/** Times as the reader's own clock and language say them. */

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

const MINUTE = 60_000

const said = (format: Intl.DateTimeFormat, iso: string): string => {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? '' : format.format(at)
}

export const dayOf = (iso: string): string => said(day, iso)

/** The time of the day, and the whole of it for whoever points at it. */
export const timeElement = (iso: string): HTMLTimeElement => el('time', { datetime: iso, title: said(full, iso) }, said(clock, iso))

export const fullTime = (iso: string): HTMLTimeElement => el('time', { datetime: iso }, said(full, iso))

/** How long ago, as short as a line of the inbox is. */
export const ago = (iso: string, now: number): string => {
  const minutes = Math.floor((now - Date.parse(iso)) / MINUTE)
  if (Number.isNaN(minutes)) return ''
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`
  return said(short, iso)
}
