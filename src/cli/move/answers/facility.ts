import { facility } from '../models/facility.ts'
import { type ContractAnswers, question, shownText } from './contract.ts'
import type { Facts, Person } from './facts.ts'

/** facility: the user object. */

const THEMES = ['light', 'dark', 'high-contrast']
const TEXT_SIZES = ['txt-sm', 'txt-base', 'txt-lg', 'txt-xl']

/** The newest version refers to a row; clients know its code. */
const facilityOf = ({ fields }: Person, facts: Facts): string => {
  if (!('facility' in fields)) return shownText(fields.facility_id)
  const found = facts.linked(facility, fields.facility)
  return found ? shownText(found.fields.code) || shownText(found.fields.name) : ''
}

const oneOf = (value: unknown, values: readonly string[], other: string): string => values.find((one) => one === value) ?? other

export const FACILITY: ContractAnswers = {
  collect: {},
  questions: (person, facts) => {
    const { key, number, name, fields } = person
    const user = {
      id: key.includes('-') ? key : number,
      username: name,
      firstName: '',
      lastName: '',
      display_name: shownText(fields.display_name),
      facility_id: facilityOf(person, facts),
      profile_picture: shownText(fields.profile_picture),
      consent: fields.consent === true,
      preferences: { theme: oneOf(fields.theme, THEMES, 'light'), text_size: oneOf(fields.text_size, TEXT_SIZES, 'txt-base') },
    }
    return [question('/api/users/me/', { data: { user } })]
  },
  shared: () => [],
  // To a cookie. The credential of an account without a session is a token, to which the response names the problem.
  closed: { status: 401, body: { detail: /^(Authentication credentials were not provided|User inactive or deleted)\.$/ } },
}
