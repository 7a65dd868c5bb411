import { describe, expect, test } from 'vitest'
import { parseSupportHours } from '../../src/model/support-hours.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/model/time.ts'
import { announcementDueAt, isAlive, isNewerPresence, noticeText, startsConversation, untilAnnouncement } from '../../src/model/waiting.ts'

test('of what a desk says, the newest counts, in whatever order it arrives', () => {
  const presence = (version: number) => ({ desk: 'd', version, isStaffed: true })
  expect([isNewerPresence(presence(0), null), isNewerPresence(presence(3), 2)]).toEqual([true, true])
  expect([isNewerPresence(presence(2), 2), isNewerPresence(presence(1), 2)]).toEqual([false, false])
})

test('a staff member whose client pings no more is not there; one whose client never pings is', () => {
  expect([isAlive(null, DAY), isAlive(DAY - 2 * MINUTE, DAY), isAlive(DAY - 3 * MINUTE, DAY)]).toEqual([true, true, false])
})

test('a conversation starts with the first message, after it was resolved, and after a pause of a day', () => {
  const now = 10 * DAY
  expect(startsConversation({ lastSentAt: null, isResolved: false }, now)).toBe(true)
  expect(startsConversation({ lastSentAt: now - MINUTE, isResolved: true }, now)).toBe(true)
  expect(startsConversation({ lastSentAt: now - 24 * HOUR - 1, isResolved: false }, now)).toBe(true)
  expect(startsConversation({ lastSentAt: now - 24 * HOUR, isResolved: false }, now)).toBe(false)
  expect(startsConversation({ lastSentAt: now + HOUR, isResolved: false }, now)).toBe(false)
})

describe('the automatic answer', () => {
  const facts = {
    isStaffed: true,
    hours: parseSupportHours('Mon-Fri 09:00-17:00 Europe/Berlin'),
    announcesAfterMs: 5 * MINUTE,
    local: [{ name: 'Emergency', number: '112' }],
    elsewhere: ['911', '999'],
  }

  test('says what happens next, and the emergency numbers', () => {
    expect(noticeText(facts).split('\n')).toEqual([
      'Your message is stored. Someone from the support team is online and can read it. We do not know how long an answer will take.',
      'Support hours: Monday to Friday 09:00–17:00 (time in Europe/Berlin).',
      'You need not stay here: an answer that you have not seen after 5 minutes is announced by e-mail, if your account has an address.',
      'If you are in danger, do not wait for an answer. Call now: Emergency 112, 911, 999.',
    ])
  })

  test('promises nothing that is not so: nobody there, no hours, no e-mail', () => {
    const text = noticeText({ ...facts, isStaffed: false, hours: null, announcesAfterMs: null, local: [] })
    expect(text.split('\n')).toEqual([
      'Your message is stored. No one from the support team is online right now. They can read it when they are back.',
      'If you are in danger, do not wait for an answer. Call now: 911, 999.',
    ])
    const unknown = noticeText({ ...facts, isStaffed: null })
    expect(unknown).toContain('Your message is stored. The support team can read it when they are online.')
    expect(unknown).not.toMatch(/someone|no one/i)
    expect(noticeText({ ...facts, announcesAfterMs: 30 * SECOND })).toContain('after 30 seconds')
  })
})

describe('the announcement of an unseen reply', () => {
  const delayMs = 5 * MINUTE
  const firstUnseen = { id: 4, sentAt: 1000 }

  test('is due some minutes after the first unseen reply, and not before; without one, never', () => {
    expect(announcementDueAt({ firstUnseen, announced: 0, delayMs }, 1000)).toBe(1000 + delayMs)
    expect(announcementDueAt({ firstUnseen, announced: 3, delayMs }, 2 * delayMs)).toBe(1000 + delayMs)
    expect(announcementDueAt({ firstUnseen: null, announced: 0, delayMs }, 2 * delayMs)).toBeNull()
  })

  test('is made once, for all replies until the person is back', () => {
    expect(announcementDueAt({ firstUnseen, announced: 4, delayMs }, 2 * delayMs)).toBeNull()
    expect(announcementDueAt({ firstUnseen, announced: 9, delayMs }, 2 * delayMs)).toBeNull()
  })

  test('is not made a day late', () => {
    expect(announcementDueAt({ firstUnseen, announced: 0, delayMs }, 1000 + delayMs + DAY)).toBe(1000 + delayMs)
    expect(announcementDueAt({ firstUnseen, announced: 0, delayMs }, 1000 + delayMs + DAY + 1)).toBeNull()
  })

  test('wakes the room at its time, and later after each failure', () => {
    expect(untilAnnouncement(null, 0, 0)).toBeNull()
    expect(untilAnnouncement(100, 0, 40)).toBe(60)
    expect(untilAnnouncement(100, 0, 200)).toBeLessThanOrEqual(0)
    expect([1, 2, 3, 99].map((failures) => untilAnnouncement(100, failures, 200))).toEqual([5000, 10_000, 20_000, 300_000])
  })

  test('a random conversation: each reply is announced or seen, and no two announcements follow each other without the person being back', () => {
    let state = 7
    const random = (below: number): number => {
      state = (state * 48_271) % 0x7fffffff
      return state % below
    }
    for (let room = 0; room < 300; room++) {
      const replies: { id: number; sentAt: number }[] = []
      let [now, seen, announced, isAnnounced] = [0, 0, 0, false]
      const unseen = () => replies.find(({ id }) => id > seen) ?? null
      for (let step = 0; step < 80; step++) {
        now += random(3 * MINUTE)
        const event = random(3)
        if (event === 0) replies.push({ id: replies.length + 1, sentAt: now })
        else if (event === 1 && random(4) === 0 && replies.length > 0) {
          seen = Math.max(seen, 1 + random(replies.length))
          if (announced <= seen) isAnnounced = false
        } else {
          const firstUnseen = unseen()
          const dueAt = announcementDueAt({ firstUnseen, announced, delayMs }, now)
          if (firstUnseen && dueAt !== null && dueAt <= now) {
            expect(isAnnounced).toBe(false)
            expect(now - firstUnseen.sentAt).toBeGreaterThanOrEqual(delayMs)
            announced = firstUnseen.id
            isAnnounced = true
          }
        }
      }
      now += delayMs
      const left = unseen()
      if (left && now - left.sentAt < DAY) {
        const dueAt = announcementDueAt({ firstUnseen: left, announced, delayMs }, now)
        expect(isAnnounced || (dueAt ?? Number.POSITIVE_INFINITY) <= now).toBe(true)
      }
    }
  })
})
