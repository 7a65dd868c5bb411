import * as z from 'zod/mini'
import { choice, dateTime, field, integer, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { VISIBILITIES } from '../../model/plan.ts'

/** The fields of a plan in a request body. */

/** Digits, sent as a number or as a string, and stored as a string: some zip codes start with a zero. */
const zipcode = () =>
  field<string>({ type: 'string', example: '12345', description: 'Digits, as a string or as a number.' }, (value, reject) => {
    const digits = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : typeof value === 'string' ? value.trim() : ''
    return /^\d{1,20}$/.test(digits) ? digits : reject('A valid integer is required.')
  })

const textLine = (example: string) => text({ max: 255, example })
const optionalTextLine = (example: string) => z.optional(text({ max: 255, blank: true, example }))

const Location = documented(
  z.object({
    name: optionalTextLine("John's house"),
    address1: textLine('1 main st'),
    address2: optionalTextLine('2nd floor'),
    city: textLine('Boston'),
    state: textLine('MA'),
    zipcode: zipcode(),
  }),
  { id: 'PlanLocationInput' },
)

/** Optional fields may be omitted. A plan whose `start_time` is omitted or null has no start time. */
export const PlanFields = z.object({
  title: text({ max: 200, example: 'Game Night' }),
  description: z.optional(text({ max: 5000, blank: true, long: true, example: 'Lots of fun and laughters with friends.' })),
  location: Location,
  start_time: z.optional(z.nullable(dateTime({ example: '2025-09-28T12:00:00Z' }))),
  end_time: dateTime({ example: '2025-09-28T15:00:00Z' }),
  visibility: z.optional(choice(VISIBILITIES, { description: 'Who can see the plan. Default: `public`.' })),
  capacity: z.optional(z.nullable(integer({ min: 1, max: 2_147_483_647, description: 'The maximum number of RSVPs. Default: no limit.' }))),
})
