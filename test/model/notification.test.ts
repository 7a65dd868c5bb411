import { expect, test } from 'vitest'
import { ANNOUNCEMENTS, NEW_MATCH_RULE } from '../../src/model/notification.ts'

/** The placeholders that the statements in store/notifications.ts fill, and {n}. */
const FILLED: Readonly<Record<keyof typeof ANNOUNCEMENTS, readonly string[]>> = {
  unread: ['n'],
  masterValue: ['type', 'value'],
  newPlan: ['planType', 'startDate', 'endDate'],
  newMatch: ['accountId'],
  expiringPlan: ['planType', 'endDate'],
}

const placeholdersOf = ({ title, content }: { title: string; content: string }) =>
  [...`${title} ${content}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)

test.each(Object.entries(ANNOUNCEMENTS))('the text %s has only placeholders that are filled', (name, text) => {
  expect(new Set(placeholdersOf(text))).toEqual(new Set(Object.entries(FILLED).find(([key]) => key === name)?.[1]))
})

test('members of the cheapest plan are not notified of new profiles', () => {
  expect(NEW_MATCH_RULE.plans).toEqual(['premium', 'platinum'])
})
