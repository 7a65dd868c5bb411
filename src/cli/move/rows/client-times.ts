import { timeOf } from '../models/kinds.ts'
import type { Value } from '../models/values.ts'

/** Times as clients of meetups have sent them: dates, texts of several forms, and numbers. */

interface ClientTime {
  readonly time: number | null
  readonly note: string | null
}

const UTC_ASSUMED = 'it has a time without a zone, which is taken as UTC'

const MINUTES = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(Z|[+-]\d\d:?\d\d)?$/
const HAS_ZONE = /(?:Z|[+-]\d\d(?::?\d\d)?)$/

/** A smaller number counts as seconds. In milliseconds this is a day in 2001; in seconds it is after the year 33,000. */
const SMALLEST_MILLISECONDS = 1e12

const LATEST = 253_402_300_799_999

const isTime = (time: number): boolean => Number.isFinite(time) && time >= 0 && time <= LATEST

const ofNumber = (number: number): number | null => {
  const time = Math.trunc(number < SMALLEST_MILLISECONDS ? number * 1000 : number)
  return isTime(time) ? time : null
}

const ofText = (text: string): number | null => {
  const [, day, minutes, zone = ''] = MINUTES.exec(text) ?? []
  return timeOf(day === undefined ? text : `${day}T${minutes}:00${zone}`)?.getTime() ?? null
}

export const timeIn = (value: Value | undefined): ClientTime => {
  if (value instanceof Date) return { time: value.getTime(), note: null }
  if (typeof value === 'number') return { time: ofNumber(value), note: 'its times are numbers, read as milliseconds or seconds' }
  if (typeof value !== 'string') return { time: null, note: null }
  const text = value.trim()
  const time = ofText(text)
  return { time, note: time !== null && !HAS_ZONE.test(text.slice('YYYY-MM-DD'.length)) ? UTC_ASSUMED : null }
}
