import type { Alarm } from '#chat/desk-events.ts'
import { asText, isRecord, type Parser, parseId } from '#chat/values.ts'
import { alarmState, STATE_NAMES, viaText } from './alarm-events.ts'
import { BAD_STATES, DELIVERY_STATES } from './delivery-states.ts'
import { el } from './dom.ts'
import { fullTimeElement, timeElement } from './times.ts'
import { type Delivery, parseList } from './wire.ts'

/** What staff see beside a conversation and an alarm: how to reach the person, and who was notified of the alarm, and how. */

interface Reachable {
  readonly id: number
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly relationship: string
}

export interface PersonDetails {
  readonly username: string
  readonly name: string
  readonly phone: string
  readonly location: string
  readonly scenario: string
  readonly therapist: Reachable | null
  readonly contacts: readonly Reachable[]
}

const parseReachable: Parser<Reachable> = (value) => {
  const id = isRecord(value) ? parseId(value.id) : null
  if (id === null || !isRecord(value)) return null
  const { name, phone, email, relationship } = value
  return { id, name: asText(name), phone: asText(phone), email: asText(email), relationship: asText(relationship) }
}

export const parsePersonDetails: Parser<PersonDetails> = (value) => {
  if (!isRecord(value)) return null
  return {
    username: asText(value.username),
    name: asText(value.name),
    phone: asText(value.phone),
    location: asText(value.location),
    scenario: asText(value.scenario),
    therapist: parseReachable(value.therapist),
    contacts: parseList(value.contacts, parseReachable),
  }
}

export interface AlarmWithDeliveries {
  readonly alarm: Alarm
  readonly deliveries: readonly Delivery[]
}

/** `latest` is the alarm whose notifications are shown; null if there was none. */
export const personElement = (person: PersonDetails, latest: AlarmWithDeliveries | null): HTMLElement =>
  el(
    'dl',
    { class: 'person-details' },
    ...fact('Name', person.name || person.username),
    ...fact('Phone', phoneLink(person.phone)),
    ...fact('Place', person.location || NONE),
    ...fact('Scenario', person.scenario || 'none chosen'),
    ...fact('Therapist', person.therapist ? reachableElement(person.therapist, `therapist-${person.therapist.id}`, latest) : NONE),
    ...fact(
      'Contacts',
      person.contacts.length === 0
        ? NONE
        : el('ul', {}, ...person.contacts.map((contact) => el('li', {}, reachableElement(contact, `contact-${contact.id}`, latest)))),
    ),
  )

const NONE = 'not given'

const fact = (name: string, value: Node | string): HTMLElement[] => [el('dt', {}, name), el('dd', { dir: 'auto' }, value)]

/** Only digits and the leading plus are dialled: a number that a person wrote may contain anything. */
const phoneLink = (phone: string): Node | string =>
  phone === '' ? NONE : el('a', { href: `tel:${phone.replaceAll(/[^\d+]/g, '')}` }, phone)

const reachableElement = ({ name, phone, email, relationship }: Reachable, key: string, latest: AlarmWithDeliveries | null): HTMLElement =>
  el(
    'span',
    {},
    el('strong', {}, name),
    relationship === '' ? '' : ` (${relationship})`,
    phone === '' ? '' : el('span', {}, ' · ', phoneLink(phone)),
    email === '' ? '' : ` · ${email}`,
    latest && el('span', { class: 'notified' }, ...notifiedParts(latest.deliveries.filter(({ id }) => recipientOf(id) === key))),
  )

/** The id of a delivery is `<alarm>.<recipient>.<step>`; those after the end of the alarm have more parts. */
const recipientOf = (deliveryId: string): string => deliveryId.split('.')[1] ?? ''

const notifiedParts = (deliveries: readonly Delivery[]): Node[] => {
  if (deliveries.length === 0) return [el('span', { class: 'state-bad' }, 'Not notified of the last alarm')]
  return deliveries.map(({ channel, step, state, updatedAt }) =>
    el(
      'span',
      { class: BAD_STATES.has(state) ? 'state-bad' : 'state-good' },
      `${step === 0 ? 'After the end, by' : 'By'} ${channel === 'sms' ? 'SMS' : channel}: ${DELIVERY_STATES[state] ?? state}, `,
      timeElement(updatedAt),
    ),
  )
}

const MAX_PAST_ALARMS = 10

export const pastAlarmsElement = (alarms: readonly Alarm[]): HTMLElement =>
  alarms.length === 0
    ? el('p', {}, 'No alarms before.')
    : el(
        'ul',
        { class: 'past-alarms' },
        ...alarms
          .slice(0, MAX_PAST_ALARMS)
          .map((alarm) =>
            el(
              'li',
              {},
              fullTimeElement(alarm.triggeredAt),
              `: ${alarm.scenario || 'no scenario'} · ${STATE_NAMES[alarmState(alarm)]}`,
              alarm.acknowledgedBy !== null && alarmState(alarm) !== 'safe'
                ? ` by ${alarm.acknowledgedBy}${viaText(alarm.acknowledgedVia)}`
                : '',
            ),
          ),
        alarms.length > MAX_PAST_ALARMS ? el('li', {}, `and ${alarms.length - MAX_PAST_ALARMS} earlier ones`) : '',
      )
