import { el } from './dom.ts'

/** Dates and times in the reader's time zone and language. */

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const shortDateFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

const MINUTE = 60_000

const formatIso = (format: Intl.DateTimeFormat, iso: string): string => {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? '' : format.format(at)
}

export const formatDay = (iso: string): string => formatIso(dayFormat, iso)

/** The time of day. The tooltip shows the full date and time. */
export const timeElement = (iso: string): HTMLTimeElement =>
  el('time', { datetime: iso, title: formatIso(fullFormat, iso) }, formatIso(timeFormat, iso))

export const fullTimeElement = (iso: string): HTMLTimeElement => el('time', { datetime: iso }, formatIso(fullFormat, iso))

/** How long ago, short enough for a row of the inbox. */
export const timeAgo = (iso: string, now: number): string => {
  const minutes = Math.floor((now - Date.parse(iso)) / MINUTE)
  if (Number.isNaN(minutes)) return ''
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`
  return formatIso(shortDateFormat, iso)
}
