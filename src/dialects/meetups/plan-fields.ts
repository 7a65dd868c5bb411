import { z } from '@hono/zod-openapi'
import { choice, dateTime, field, integer, text } from '../../http/fields.ts'

/** What a plan is made of, and how it is read from a request. */

/** Digits, given as a number or as text, and kept as text: some zip codes begin with a nought. */
const zipcode = () =>
  field<string>({ type: 'string', example: '12345', description: 'Digits; a number is taken as its digits.' }, (value, refuse) => {
    const given = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : typeof value === 'string' ? value.trim() : ''
    return /^\d{1,20}$/.test(given) ? given : refuse('A valid integer is required.')
  })

const line = (example: string) => text({ max: 255, example })
const optionalLine = (example: string) => text({ max: 255, blank: true, example }).optional()

const Location = z
  .object({
    name: optionalLine("John's house"),
    address1: line('1 main st'),
    address2: optionalLine('2nd floor'),
    city: line('Boston'),
    state: line('MA'),
    zipcode: zipcode(),
  })
  .openapi('PlanLocationGiven')

/** Everything but what a plan has to have may be left out. Without a start it is open; null errorResponse so as well. */
export const PlanFields = z.object({
  title: text({ max: 200, example: 'Game Night' }),
  description: text({ max: 5000, blank: true, long: true, example: 'Lots of fun and laughters with friends.' }).optional(),
  location: Location,
  start_time: dateTime({ example: '2025-09-28T12:00:00Z' }).nullable().optional(),
  end_time: dateTime({ example: '2025-09-28T15:00:00Z' }),
  visibility: choice(['public', 'friends', 'private'], { description: 'Who may see it. `public` where it is left out.' }).optional(),
  capacity: integer({ min: 1, max: 2_147_483_647, description: 'How many may RSVP. Any number where it is left out.' })
    .nullable()
    .optional(),
})
