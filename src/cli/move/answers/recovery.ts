import { contact, scenario, therapist, track, userInfo } from '../models/recovery.ts'
import { byNumber, type ContractAnswers, numberWithin, question, shownText } from './contract.ts'
import { Rows } from './expected.ts'
import type { Facts, Person, SourceFields } from './facts.ts'

/** recovery: the user info and the contacts of a person, and the lists of which they choose. No route shows a therapist. */

const [AGE_MAX, LEVEL_MAX] = [150, 5]

/** The person's own therapist: a user info may refer to another person's. */
const therapistOf = (person: Person, reference: SourceFields[string] | undefined, facts: Facts): number | null => {
  const owner = facts.person(facts.linked(therapist, reference)?.fields.user)
  return owner?.key === person.key ? facts.idOf(therapist, reference) : null
}

const infoOf = (person: Person, fields: SourceFields, facts: Facts) => ({
  id: person.number,
  user: person.number,
  username: person.name,
  age: numberWithin(fields.age, 0, AGE_MAX),
  location: shownText(fields.location),
  military_status: fields.military_status === true,
  ptsd_level: numberWithin(fields.ptsd_level, 1, LEVEL_MAX),
  music: facts.idOf(track, fields.music),
  therapist_contact: therapistOf(person, fields.therapist_contact, facts),
  scenario: facts.idOf(scenario, fields.scenario),
})

export const RECOVERY: ContractAnswers = {
  collect: {
    [userInfo.name]: ({ record: { keyText, fields } }, facts) => facts.add('user info', keyText, fields.user, fields),
    [contact.name]: ({ record: { fields }, target }, facts) => facts.add('contact', target, fields.user, fields),
    [track.name]: ({ record: { fields }, target }, facts) => facts.add('track', target, null, fields),
    [scenario.name]: ({ record: { fields }, target }, facts) => facts.add('scenario', target, null, fields),
  },
  questions: (person, facts) => {
    const [info] = facts.of(person, 'user info')
    const contacts = facts.of(person, 'contact').map(({ id, fields }) => ({
      id,
      row: {
        id: Number(id),
        name: shownText(fields.name),
        phone: shownText(fields.phone),
        email: shownText(fields.email),
        relationship: shownText(fields.relationship),
      },
    }))
    return [
      question('/api/v1/user/{id}/', infoOf(person, info?.fields ?? {}, facts), { path: `/api/v1/user/${person.number}/` }),
      question('/api/v1/user/contacts/{id}/', new Rows('contact', 'id', contacts.sort(byNumber)), {
        path: `/api/v1/user/contacts/${person.number}/`,
      }),
    ]
  },
  shared: (facts) => {
    const tracks = facts.all('track').map(({ id, fields }) => ({
      id,
      row: { id: Number(id), name: shownText(fields.name), url: shownText(fields.url) },
    }))
    const scenarios = facts.all('scenario').map(({ id, fields }) => ({
      id,
      row: {
        id: Number(id),
        name: shownText(fields.name),
        play_music: fields.play_music === true,
        notify_contact: fields.notify_contact === true,
        notify_therapist: fields.notify_therapist === true,
      },
    }))
    return [
      question('/api/v1/user/music/', new Rows('track', 'id', tracks.sort(byNumber))),
      question('/api/v1/user/scenarios/', new Rows('scenario', 'id', scenarios.sort(byNumber))),
    ]
  },
  closed: { status: 401, body: { detail: 'User inactive or deleted.' } },
}
