/**
 * Calendars as RFC 5545 writes them. The libraries for it bring a validator, time zones and recurrence along, many times
 * the size of what is needed here: single events in UTC. What this writes is read back by a parser that is not ours, in
 * the tests.
 */

export interface CalendarEvent {
  readonly uid: string
  /** Grows with every edit: by it a calendar program recognises the newer of two versions. */
  readonly sequence: number
  readonly status: 'CONFIRMED' | 'CANCELLED'
  readonly changedAt: number
  readonly createdAt: number
  readonly start: number
  /** Null: it ends at the moment at which it starts. */
  readonly end: number | null
  readonly summary: string
  readonly description?: string
  readonly location?: string
}

export const CALENDAR_TYPE = 'text/calendar; charset=utf-8'

export const calendarText = (events: readonly CalendarEvent[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Concord//Meetups//EN',
    'CALSCALE:GREGORIAN',
    ...(events.length > 0 ? events.flatMap(eventLines) : NOTHING_ON),
    'END:VCALENDAR',
  ]
    .map((line) => `${folded(line)}\r\n`)
    .join('')

const eventLines = (event: CalendarEvent): string[] => [
  'BEGIN:VEVENT',
  `UID:${escaped(event.uid)}`,
  `DTSTAMP:${stamp(event.changedAt)}`,
  `DTSTART:${stamp(event.start)}`,
  ...(event.end === null ? [] : [`DTEND:${stamp(event.end)}`]),
  `SUMMARY:${escaped(event.summary)}`,
  ...(event.description ? [`DESCRIPTION:${escaped(event.description)}`] : []),
  ...(event.location ? [`LOCATION:${escaped(event.location)}`] : []),
  `STATUS:${event.status}`,
  `SEQUENCE:${event.sequence}`,
  `CREATED:${stamp(event.createdAt)}`,
  `LAST-MODIFIED:${stamp(event.changedAt)}`,
  'END:VEVENT',
]

/** A calendar has at least one component; this one changes nothing in a calendar that has no local times. */
const NOTHING_ON = [
  'BEGIN:VTIMEZONE',
  'TZID:UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'END:STANDARD',
  'END:VTIMEZONE',
]

const stamp = (time: number): string => new Date(time).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')

const escaped = (text: string): string => text.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r\n|\r|\n/g, '\\n')

const OCTETS = 75

/** At most 75 octets a line, and no character cut in two; what goes on begins with a space, which counts. */
const folded = (line: string): string => {
  const lines: string[] = []
  let current = ''
  let octets = 0
  for (const character of line) {
    const size = octetsOf(character)
    if (octets + size > OCTETS) {
      lines.push(current)
      current = ' '
      octets = 1
    }
    current += character
    octets += size
  }
  return [...lines, current].join('\r\n')
}

const octetsOf = (character: string): number => {
  const point = character.codePointAt(0) ?? 0
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
}
