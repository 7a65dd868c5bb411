import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { at, call, type TestResponse } from '../support/call.ts'
import { type Person, person, personWith } from '../support/people.ts'

/** A page of a list ends at its limit or at 1 MiB, whichever comes first, and the cursor leads to the rest. */

const MIB = 1024 * 1024
/** Longer as JSON and as UTF-8 than in characters. */
const LONG = 'a"\nü😀'.repeat(1000)
const COUNT = 180

const NUMBERS = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${COUNT})`

const run = (statement: string, ...values: (string | number)[]): Promise<unknown> =>
  env.DB.prepare(statement)
    .bind(...values)
    .run()

const insertMessages = (from: Person, to: Person, isRead: 0 | 1) =>
  run(
    `${NUMBERS} INSERT INTO direct_messages (sender_id, receiver_id, content, is_read, created_at, updated_at)
     SELECT ?, ?, i || ?, ?, 0, 0 FROM n`,
    from.id,
    to.id,
    LONG,
    isRead,
  )

const insertPlans = (creator: Person) =>
  run(
    `${NUMBERS} INSERT INTO plans (id, creator_id, title, description, location, end_time, created_at, updated_at)
     SELECT printf('%016x%08x', ${creator.id}, i), ?, 'Picnic ' || i, ?, '{"name":"Park","address1":"1 main st","address2":"","city":"Boston","state":"MA","zipcode":"12345"}', 4000000000000, 0, 0 FROM n`,
    creator.id,
    LONG,
  )

interface List {
  readonly name: string
  /** Creates the rows, and returns who reads the list, and its path. */
  readonly prepare: () => Promise<{ readonly reader: Person; readonly path: string }>
  /** What is different for each item. */
  readonly itemsOf: (page: TestResponse) => unknown[]
}

const listOf = (page: TestResponse, key: string, ...path: string[]): unknown[] => {
  const items = path.length === 0 ? page.json : at(page, ...path)
  if (!Array.isArray(items)) throw new Error(page.text.slice(0, 200))
  return items.map((item: Record<string, unknown>) => item[key])
}

const messagesTo = (isRead: 0 | 1, pathOf: (people: { sam: Person; other: Person }) => string) => async () => {
  const [sam, other] = [await person(), await person()]
  await insertMessages(other, sam, isRead)
  return { reader: sam, path: pathOf({ sam, other }) }
}

const LISTS: readonly List[] = [
  { name: 'read messages', prepare: messagesTo(1, () => '/message/'), itemsOf: (page) => listOf(page, 'content') },
  { name: 'received messages', prepare: messagesTo(0, () => '/message/getnewmessages'), itemsOf: (page) => listOf(page, 'content') },
  { name: 'unread messages', prepare: messagesTo(0, () => '/message/unreadmessages/'), itemsOf: (page) => listOf(page, 'content') },
  {
    name: 'a conversation',
    prepare: messagesTo(0, ({ other }) => `/message/viewhistory/${other.id}/`),
    itemsOf: (page) => listOf(page, 'content'),
  },
  {
    name: 'the unread messages of an account',
    prepare: messagesTo(0, ({ sam }) => `/notification/unread/${sam.id}/`),
    itemsOf: (page) => listOf(page, 'content', 'unread_messages'),
  },
  {
    name: 'bulk notifications',
    prepare: async () => {
      const sam = await person()
      await run(
        `${NUMBERS} INSERT INTO announcements (title, content, about, created_at) SELECT 'News', i || ?, ? || i, 0 FROM n`,
        LONG,
        sam.username,
      )
      await run(
        `INSERT INTO notifications (receiver_id, announcement_id, kind, created_at, updated_at)
         SELECT ?, id, 'bulk', 0, 0 FROM announcements WHERE about LIKE ? || '%'`,
        sam.id,
        sam.username,
      )
      return { reader: sam, path: '/message/viewbulk' }
    },
    itemsOf: (page) => listOf(page, 'content', 'message_notifications'),
  },
  {
    name: 'plans',
    prepare: async () => {
      const sam = await person()
      await insertPlans(sam)
      return { reader: sam, path: '/api/plans?friends=false' }
    },
    itemsOf: (page) => listOf(page, 'title'),
  },
  {
    name: 'dismissed plans',
    prepare: async () => {
      const [sam, creator] = [await person(), await person()]
      await insertPlans(creator)
      await run('INSERT INTO plan_dismissals SELECT ?, id, 0 FROM plans WHERE creator_id = ?', sam.id, creator.id)
      return { reader: sam, path: '/api/plans/dismissed' }
    },
    itemsOf: (page) => listOf(page, 'title'),
  },
]

const nextOf = (page: TestResponse): string | null => /^<([^>]+)>; rel="next"$/.exec(page.headers.get('Link') ?? '')?.[1] ?? null

describe.each(LISTS)('$name', ({ prepare, itemsOf }) => {
  test('every page has 1 MiB at most, and together they have each item once', async () => {
    const { reader, path } = await prepare()
    const items: unknown[] = []
    let pages = 0
    for (let url: string | null = path; url !== null && pages < 20; pages++) {
      const page = await call('GET', url, { as: reader.token })
      expect(page.status).toBe(200)
      expect(new TextEncoder().encode(page.text).length).toBeLessThanOrEqual(MIB)
      items.push(...itemsOf(page))
      url = nextOf(page)
    }
    expect(items).toHaveLength(COUNT)
    expect(new Set(items).size).toBe(COUNT)
    expect(pages).toBeGreaterThan(1)
    expect(pages).toBeLessThan(6)
  })
})

test('a page of received messages marks those that it shows as read, and no others, also with concurrent requests', async () => {
  const [sam, other] = [await person(), await person()]
  await insertMessages(other, sam, 0)
  const pages = await Promise.all(Array.from({ length: 3 }, () => call('GET', '/message/getnewmessages', { as: sam.token })))
  const shown = listOf(pages[0] ?? pages[1] ?? (await call('GET', '/')), 'content').length
  expect(shown).toBeLessThan(COUNT)
  for (const page of pages) expect(listOf(page, 'content')).toHaveLength(shown)
  const read = await env.DB.prepare('SELECT count(*) AS n, min(id) AS first FROM direct_messages WHERE receiver_id = ? AND is_read = 1')
    .bind(sam.id)
    .first<{ n: number; first: number }>()
  expect(read?.n).toBe(shown)
  const left = await env.DB.prepare('SELECT amount FROM notifications WHERE receiver_id = ? AND kind = ? AND is_read = 0')
    .bind(sam.id, 'unread')
    .first('amount')
  expect(left).toBe(COUNT - shown)
})

test('a page of the support chat has 1 MiB at most: the newest messages, and the older ones with `before`', async () => {
  const [sam, admin] = [await person(), await personWith('is_staff')]
  const room = env.SUPPORT_ROOM.getByName(String(sam.id))
  const sender = { id: admin.id, username: admin.username }
  for (let number = 1; number <= 130; number++) {
    const message = `${number} ${'😀'.repeat(4000)}`
    await room.storeMessage(
      { id: sam.id, username: sam.username },
      { sender: { ...sender, id: -number }, fromAdmin: true, message, clientId: null, connectionId: '' },
    )
  }
  const ids: unknown[] = []
  let pages = 0
  for (let before = ''; ids.length < 130 && pages < 10; pages++) {
    const page = await call('GET', `/api/v1/chat/user/support/${sam.id}/messages/?limit=500${before}`, { as: sam.token })
    expect(new TextEncoder().encode(page.text).length).toBeLessThanOrEqual(MIB)
    const part = listOf(page, 'id', 'messages')
    ids.unshift(...part)
    before = `&before=${part[0]}`
  }
  expect(pages).toBe(3)
  expect(ids).toEqual(Array.from({ length: 130 }, (_, index) => index + 1))
})
