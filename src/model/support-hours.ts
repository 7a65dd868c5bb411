/** When the support team works, as the operator writes it: `Mon-Fri 09:00-17:00, Sat 10:00-14:00 Europe/Berlin`. */

interface OpenTime {
  readonly firstDay: number
  readonly lastDay: number
  readonly opens: string
  readonly closes: string
}

export interface SupportHours {
  readonly times: readonly OpenTime[]
  /** An IANA name: the hours follow the daylight saving time of this place. */
  readonly timeZone: string
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

const TIME = /^([a-z]{3})(?:-([a-z]{3}))? ((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/i

const dayOf = (name: string): number => DAYS.findIndex((day) => day.toLowerCase() === name.toLowerCase())

const openTimeFrom = (text: string): OpenTime | null => {
  const [, from = '', to = from, opens = '', closes = ''] = TIME.exec(text.trim().replaceAll(/ +/g, ' ')) ?? []
  const [firstDay, lastDay] = [dayOf(from), dayOf(to)]
  return firstDay < 0 || lastDay < firstDay || closes <= opens ? null : { firstDay, lastDay, opens, closes }
}

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Null if the text is not of this form, or names a time zone that does not exist. */
export const parseSupportHours = (text: string): SupportHours | null => {
  const [, list = '', timeZone = ''] = /^(.+) ([A-Z]\S*)$/i.exec(text.trim()) ?? []
  const times = list.split(',').map(openTimeFrom)
  const valid = times.filter((time) => time !== null)
  return valid.length === times.length && isTimeZone(timeZone) ? { times: valid, timeZone } : null
}

const timeInWords = ({ firstDay, lastDay, opens, closes }: OpenTime): string => {
  const days = firstDay === lastDay ? DAY_NAMES[firstDay] : `${DAY_NAMES[firstDay]} to ${DAY_NAMES[lastDay]}`
  return opens === '00:00' && closes === '24:00' ? `${days}, day and night` : `${days} ${opens}–${closes}`
}

/** `Monday to Friday 09:00–17:00; Saturday 10:00–14:00 (time in Europe/Berlin)` */
export const hoursInWords = ({ times, timeZone }: SupportHours): string =>
  `${times.map(timeInWords).join('; ')} (time in ${timeZone.replaceAll('_', ' ')})`
