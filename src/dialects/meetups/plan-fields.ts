import * as z from 'zod/mini'
import { choice, dateTime, field, integer, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { VISIBILITIES } from '../../model/plan.ts'

/** The fields of a plan in a request body. */

/** Digits, sent as a number or as a string, and stored as a string: some zip codes start with a zero. */
const zipcode = () =>
  field<string>({ type: 'string' }, (value, reject) => {
    const digits = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : typeof value === 'string' ? value.trim() : ''
    return /^\d{1,20}$/.test(digits) ? digits : reject('A valid integer is required.')
  })

const textLine = () => text({ max: 255 })
const optionalTextLine = () => z.optional(text({ max: 255, blank: true }))

const Location = documented(
  z.object({
    name: optionalTextLine(),
    address1: textLine(),
    address2: optionalTextLine(),
    city: textLine(),
    state: textLine(),
    zipcode: zipcode(),
  }),
  { id: 'PlanLocationInput' },
)

/** Optional fields may be omitted. A plan whose `start_time` is omitted or null has no start time. */
export const PlanFields = z.object({
  title: text({ max: 200 }),
  description: z.optional(text({ max: 5000, blank: true, long: true })),
  location: Location,
  start_time: z.optional(z.nullable(dateTime())),
  end_time: dateTime(),
  visibility: z.optional(choice(VISIBILITIES, {})),
  capacity: z.optional(z.nullable(integer({ min: 1, max: 2_147_483_647 }))),
})
