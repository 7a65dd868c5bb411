import { readContactNumber } from '../../domain/accounts/phone-numbers.ts'
import { text } from '../../http/request/fields.ts'

/** The phone number of a contact or therapist whom alarms notify. Routes with this field need `prepare: loadPhoneNumbers`. */
export const contactPhone = () =>
  text({ max: 32, rule: (input) => (readContactNumber(input, null) === null ? 'Enter a valid phone number.' : null) })
