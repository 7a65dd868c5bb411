import { message, notification } from '../models/matrimony.ts'
import { byNumber, type ContractAnswers, type Question, question, shownText, wireTime } from './contract.ts'
import { type Expected, type ExpectedRow, Rows } from './expected.ts'
import type { Fact, Facts, Person } from './facts.ts'

/** matrimony: messages and notifications, by the routes that do not mark them as read. */

const [RECEIVED, SENT] = ['message', 'sent message']
export const NOTIFICATIONS = 'notification'

export const COLLECT_MESSAGES: ContractAnswers['collect'] = {
  [message.name]: ({ record: { fields }, target }, facts) => {
    facts.add(RECEIVED, target, fields.receiver_id, fields)
    facts.add(SENT, target, fields.sender_id, fields)
  },
  [notification.name]: ({ record: { fields }, target }, facts) => facts.add(NOTIFICATIONS, target, fields.receiver, fields),
}

const messageRow = ({ id, fields }: Fact, sender: Person, receiver: Person): ExpectedRow => ({
  id,
  row: {
    message_id: Number(id),
    content: shownText(fields.content),
    status: fields.status === 'read' ? 'read' : 'unread',
    created_on: wireTime(fields.created_on),
    updated_on: wireTime(fields.updated_on),
    received_at: wireTime(fields.created_on),
    sender_id: sender.number,
    receiver_id: receiver.number,
  },
})

const oldestFirst = (rows: readonly ExpectedRow[]): Rows => new Rows(RECEIVED, 'message_id', [...rows].sort(byNumber))
const newestFirst = (rows: readonly ExpectedRow[]): Rows => new Rows(RECEIVED, 'message_id', [...rows].sort(byNumber).reverse())

/** The conversations with each member to whom the person has written. */
const conversations = (received: readonly ExpectedRow[], sent: readonly (readonly [Person, ExpectedRow])[]): Question[] => {
  const others = new Map(sent.map(([receiver]) => [receiver.key, receiver]))
  return [...others.values()].map((other) => {
    const rows = [
      ...received.filter(({ row }) => row.sender_id === other.number),
      ...sent.flatMap(([receiver, row]) => (receiver.key === other.key ? [row] : [])),
    ]
    return question('/message/viewhistory/{user_id}/', oldestFirst(rows), { path: `/message/viewhistory/${other.number}/` })
  })
}

export const messageQuestions = (person: Person, facts: Facts): Question[] => {
  const received = facts.of(person, RECEIVED).flatMap((fact) => {
    const sender = facts.person(fact.fields.sender_id)
    return sender ? [messageRow(fact, sender, person)] : []
  })
  const sent = facts.of(person, SENT).flatMap((fact) => {
    const receiver = facts.person(fact.fields.receiver_id)
    return receiver ? [[receiver, messageRow(fact, person, receiver)] as const] : []
  })
  const unread = received.filter(({ row }) => row.status === 'unread')
  const count = unread.length
  const unreadBody = {
    unread_count: count,
    unread_messages: newestFirst(unread),
    notification: count > 0 ? `You have ${count} unread messages.` : 'No unread messages.',
  }
  return [
    question('/message/', oldestFirst(received.filter(({ row }) => row.status === 'read'))),
    question('/message/unreadmessages/', newestFirst(unread)),
    question('/notification/unread/{user_id}', unreadBody, { path: `/notification/unread/${person.number}` }),
    ...conversations(received, sent),
  ]
}

const notificationRow = (person: Person, { id, fields }: Fact): ExpectedRow => ({
  id,
  row: {
    notification_id: Number(id),
    notification_title: shownText(fields.notification_title),
    notification_content: shownText(fields.notification_content),
    status: fields.status === 'Read' ? 'Read' : 'Unread',
    created_on: wireTime(fields.created_on),
    updated_on: wireTime(fields.updated_on),
    receiver: person.number,
  },
})

const summaryRow = ({ id, fields }: Fact): ExpectedRow => ({
  id,
  row: {
    id: Number(id),
    title: shownText(fields.notification_title),
    content: shownText(fields.notification_content),
    status: fields.status === 'Read' ? 'Read' : 'Unread',
    created_on: wireTime(fields.created_on),
  },
})

/** The titles that the original gives to notifications of a kind. All others were sent to all members. */
const TITLES = {
  master: /^New .+ Value Added$/,
  reminder: /^Subscription Expiry Reminder$/,
  other: /^(Unread Messages Alert|New Match Found|New Subscription Plan Added)$/,
} as const

const titleOf = ({ fields }: Fact): string => shownText(fields.notification_title)

const isBulk = (fact: Fact): boolean => !Object.values(TITLES).some((title) => title.test(titleOf(fact)))

const listOf = (rows: readonly ExpectedRow[], idKey: string): Rows => new Rows(NOTIFICATIONS, idKey, [...rows].sort(byNumber).reverse())

export const notificationQuestions = (person: Person, facts: readonly Fact[]): Question[] => {
  const rows = facts.map((fact) => notificationRow(person, fact))
  const summaries = (isWanted: (fact: Fact) => boolean): Rows => listOf(facts.filter(isWanted).map(summaryRow), 'id')
  const bulk = summaries(isBulk)
  const master = summaries((fact) => TITLES.master.test(titleOf(fact)))
  const reminders = summaries((fact) => TITLES.reminder.test(titleOf(fact)))
  // Without rows, the answer is a 204, as long as nothing was sent since the import.
  const ofKind = (route: string, list: Rows, body: Expected): Question[] => (list.rows.length > 0 ? [question(route, body)] : [])
  return [
    question('/notification/getall/', listOf(rows, 'notification_id')),
    question(
      '/notification/getallunread/',
      listOf(
        rows.filter(({ row }) => row.status === 'Unread'),
        'notification_id',
      ),
    ),
    ...ofKind('/message/viewbulk', bulk, { message_notifications: bulk }),
    ...ofKind('/message/viewmaster/', master, { notifications: master }),
    ...ofKind('/message/viewreminder/', reminders, { message_notifications: reminders, notifications: reminders }),
  ]
}
