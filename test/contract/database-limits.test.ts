import { env, exports } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createContext } from '../../src/compose.ts'
import * as workerExports from '../../src/index.ts'
import { announceToAll } from '../../src/store/announcements.ts'
import { createStore } from '../../src/store/store.ts'
import { call } from '../support/call.ts'
import { asInvocation, D1_LIMITS, D1LimitError, limitedDatabase } from '../support/limited-database.ts'
import * as limitedExports from '../support/limited-worker.ts'
import { operator } from '../support/matrimony.ts'

/** The test double of D1 (test/support/limited-database.ts) finds what production stops, and the Worker of all tests uses it. */

const database = limitedDatabase(env.DB)

/** More than a chunk. */
const CROWD = D1_LIMITS.changedRows + 1

beforeAll(async () => {
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${CROWD})`
  await env.DB.batch([
    env.DB.prepare(
      `${numbers} INSERT INTO accounts (object_id, username, username_key, password, created_at, updated_at)
       SELECT printf('%024d', i), 'crowd' || i, 'crowd' || i, '', 0, 0 FROM n`,
    ),
    env.DB.prepare("INSERT INTO announcements (title, content, about, created_at) VALUES ('x', 'x', 'planted', 0)"),
    env.DB.prepare('CREATE TABLE planted (id INTEGER PRIMARY KEY, expires_at INTEGER NOT NULL)'),
    env.DB.prepare(`${numbers} INSERT INTO planted SELECT i, i FROM n`),
  ])
})

/** The limit that `work` exceeds. */
const limitOf = async (work: () => unknown): Promise<string> => {
  try {
    await work()
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof D1LimitError ? error.cause : error
    if (cause instanceof D1LimitError) return cause.limit
    throw error
  }
  return 'none'
}

const marks = (count: number) => Array.from({ length: count }, () => '?').join(', ')
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const select = (count: number) => database.prepare(`SELECT 1 WHERE 1 IN (${marks(count)})`)
const comment = (bytes: number) => `SELECT 1 /*${'x'.repeat(bytes - 'SELECT 1 /**/'.length)}*/`
const ONE = 'SELECT 1'

describe('each limit', () => {
  test('parameters', async () => {
    expect(
      await limitOf(() =>
        select(100)
          .bind(...numbers(100))
          .all(),
      ),
    ).toBe('none')
    expect(
      await limitOf(() =>
        select(101)
          .bind(...numbers(101))
          .all(),
      ),
    ).toBe('parameters')
  })

  test('the length of a statement, in bytes', async () => {
    expect(await limitOf(() => database.prepare(comment(100_000)).all())).toBe('none')
    expect(await limitOf(() => database.prepare(comment(100_001)).all())).toBe('statementBytes')
    expect(await limitOf(() => database.prepare(`SELECT '${'é'.repeat(50_001)}'`).all())).toBe('statementBytes')
  })

  test('a value, and the values of a row together, in bytes', async () => {
    const lengths = (...values: (string | Uint8Array)[]) =>
      limitOf(() =>
        database
          .prepare(`SELECT ${values.map(() => 'length(?)').join(', ')}`)
          .bind(...values)
          .all(),
      )
    expect(await lengths('x'.repeat(2_000_000))).toBe('none')
    expect(await lengths('x'.repeat(2_000_001))).toBe('valueBytes')
    expect(await lengths('é'.repeat(1_000_001))).toBe('valueBytes')
    expect(await lengths(new Uint8Array(2_000_001))).toBe('valueBytes')
    expect(await lengths('x'.repeat(1_000_000), 'x'.repeat(1_000_001))).toBe('valueBytes')
  })

  test('queries of one request, of batches too', async () => {
    const statements = (count: number) => Array.from({ length: count }, () => database.prepare(ONE))
    expect(await limitOf(() => asInvocation(() => database.batch(statements(1000))))).toBe('none')
    expect(await limitOf(() => asInvocation(() => database.batch(statements(1001))))).toBe('queries')
    const thenOne = async () => {
      await database.batch(statements(1000))
      await database.prepare(ONE).first()
    }
    expect(await limitOf(() => asInvocation(thenOne))).toBe('queries')
  })

  test('connections at the same time', async () => {
    const atOnce = (count: number) => () => Promise.all(Array.from({ length: count }, () => database.prepare(ONE).raw()))
    expect(await limitOf(() => asInvocation(atOnce(6)))).toBe('none')
    expect(await limitOf(() => asInvocation(atOnce(7)))).toBe('connections')
    const oneByOne = async () => {
      for (let i = 0; i < 20; i++) await database.prepare(ONE).all()
    }
    expect(await limitOf(() => asInvocation(oneByOne))).toBe('none')
  })

  test('changed rows, however the statement is executed', async () => {
    const update = (rows: number) => database.prepare('UPDATE planted SET expires_at = expires_at WHERE id <= ? RETURNING id').bind(rows)
    for (const execute of [
      (rows: number) => update(rows).run(),
      (rows: number) => update(rows).all(),
      (rows: number) => update(rows).raw(),
      (rows: number) => database.batch([database.prepare(ONE), update(rows)]),
    ]) {
      expect(await limitOf(() => execute(1000))).toBe('none')
      expect(await limitOf(() => execute(1001))).toBe('changedRows')
    }
    expect((await update(3).raw()).flat()).toEqual([1, 2, 3])
  })
})

/** Statements that the project had. They are found if somebody writes them again. */
describe('statements that grow with the number of people', () => {
  test('a notification for each receiver of an announcement to all', async () => {
    const old = () =>
      database
        .prepare(
          `INSERT INTO notifications (receiver_id, announcement_id, kind, created_at, updated_at)
           SELECT receiver.id, announcement.id, 'bulk', 0, 0 FROM announcements announcement
           CROSS JOIN accounts receiver INDEXED BY accounts_active_users
           WHERE receiver.is_active = 1 AND receiver.is_admin = 0 AND receiver.is_staff = 0 AND receiver.is_superuser = 0
             AND announcement.about = 'planted' ORDER BY receiver.id`,
        )
        .run()
    expect(await limitOf(old)).toBe('changedRows')
    const announcement = { about: 'new', kind: 'bulk', now: 0 } as const
    expect(await announceToAll(createStore(database), announcement, { title: 'x', content: 'x' })).toBeGreaterThan(CROWD - 1)
  })

  test('one deletion of all expired credentials', async () => {
    await env.DB.prepare(
      `INSERT INTO credentials (id, account_id, kind, created_at, expires_at, user_agent, last_seen_day)
       SELECT printf('%032d', id), id, 'token', 0, 1, '', '' FROM accounts`,
    ).run()
    const old = () => database.prepare('DELETE FROM credentials WHERE expires_at < ?').bind(2).run()
    expect(await limitOf(old)).toBe('changedRows')
  })
})

describe('the Worker', () => {
  test('has the limits of a statement', async () => {
    const { store } = createContext(env, { waitUntil: () => undefined })
    expect(await limitOf(() => store.orm.run(sql`UPDATE planted SET expires_at = expires_at`))).toBe('changedRows')
  })

  test('fails a request that exceeds one', async () => {
    const admin = await operator()
    const announceWith = async (changedRows: number) => {
      await env.DB.prepare(
        `CREATE TRIGGER plant AFTER INSERT ON announcements BEGIN UPDATE planted SET expires_at = 0 WHERE id <= ${changedRows}; END`,
      ).run()
      const response = await call('POST', '/notification/bulk/', { as: admin.token, json: { message_title: 'x', message_content: 'x' } })
      await env.DB.prepare('DROP TRIGGER plant').run()
      return response.status
    }
    expect([await announceWith(900), await announceWith(CROWD)]).toEqual([201, 500])
  })

  test('of the tests exports what the Worker exports', () => {
    expect(Object.keys(limitedExports).sort()).toEqual(Object.keys(workerExports).sort())
  })

  test('counts the queries of a request together', async () => {
    const statements = Array.from({ length: 600 }, () => database.prepare(ONE))
    vi.spyOn(workerExports.default, 'fetch').mockImplementation(async () => {
      const limit = await limitOf(async () => {
        await database.batch(statements)
        await database.batch(statements)
      })
      return new Response(limit)
    })
    const response = await exports.default.fetch('https://concord.test/')
    expect(await response.text()).toBe('queries')
  })
})
