import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Numbering, numberingsOf, renumber } from '../../src/model/contract-numbers.ts'
import { CONSOLE } from '../cost/console.ts'
import { FACILITY } from '../cost/facility.ts'
import { MATRIMONY_MEMBERS } from '../cost/matrimony-members.ts'
import { MATRIMONY_MESSAGES } from '../cost/matrimony-messages.ts'
import { answerWith, type RequestInput, type Row } from '../cost/measure.ts'
import { MINDHARMONY } from '../cost/mindharmony.ts'
import { RECOVERY } from '../cost/recovery.ts'

/**
 * Walks all routes of the contracts that number people, with people who moved in: each request names them by the numbers of the
 * contract, and is answered as before, at the same cost, and without the ids that the accounts have. A place that does
 * not convert an id, on the way in or out, fails here.
 */

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  mindharmony: MINDHARMONY,
  facility: FACILITY,
  matrimony: [...MATRIMONY_MEMBERS, ...MATRIMONY_MESSAGES],
  recovery: RECOVERY,
  console: CONSOLE,
}

const BLOCK = 4 * 2 ** 28
/** The accounts of this file have these ids, so that no other number looks like one. */
const FIRST_ID = BLOCK + 7_000_000
const ACCOUNT_ID = /\b108074\d{4}\b/g

const inEveryContract = (numbering: Numbering) => ({
  mindharmony: numbering,
  facility: numbering,
  matrimony: numbering,
  recovery: numbering,
})

/** All people have moved in: the number of an account is its id less the block. */
const MOVED = { block: BLOCK, end: 2 ** 28 }
/** All accounts existed before, and the former server assigned the same numbers: an account's id is the number of another person, or of no one. */
const TAKEN = { block: 1_300_000_000, end: 1_300_000_000 }

const renumberedText = (text: string, numbering: Numbering): string =>
  text.replaceAll(ACCOUNT_ID, (id) => String(renumber(numbering, Number(id))))

/** The same request, with the contract's numbers instead of the accounts' ids. */
const renumbered = ({ form, ...input }: RequestInput, numbering: Numbering): RequestInput => ({
  ...JSON.parse(renumberedText(JSON.stringify(input), numbering)),
  ...(form && { form }),
})

const namesAnAccount = (path: string, { params, query, json }: RequestInput): boolean =>
  JSON.stringify([path.includes('{') && params, query, json]).match(ACCOUNT_ID) !== null

/** Tokens and cursors are opaque to clients: they have ids inside. The texts of notifications are stored; the last test of this file makes one. */
const OPAQUE = /"(?:token|next)":"[^"]*"|User ID \d+/g

/** Profiles of mindharmony have numbers of their own. */
const keepProfileNumbers = () =>
  env.DB.prepare(
    `INSERT INTO practice_profiles (account_id, former_id) SELECT id, id - ? FROM accounts WHERE id > ?
     ON CONFLICT DO UPDATE SET former_id = excluded.former_id`,
  )
    .bind(BLOCK, BLOCK)
    .run()

beforeAll(async () => {
  await env.DB.prepare(`INSERT INTO sqlite_sequence (name, seq) VALUES ('accounts', ?)`)
    .bind(FIRST_ID - 1)
    .run()
})

const withTitles = (rows: readonly Row[]): [string, Row][] =>
  rows.map((row) => [`${row[0]} ${row[1]}${row[2].when === undefined ? '' : `, when ${row[2].when}`}`, row])

describe.each(Object.entries(ROWS))('%s', (contract, rows) => {
  test.each(withTitles(rows))('%s answers by the numbers of people who moved in', async (_route, [method, path, cost, prepare]) => {
    const input = await prepare()
    if (contract === 'mindharmony') await keepProfileNumbers()
    const { text, ...answer } = await answerWith(inEveryContract(MOVED), method, path, renumbered(input, MOVED))
    expect(answer).toEqual({ status: cost.status, roundTrips: cost.roundTrips, statements: cost.statements })
    expect(text.replaceAll(OPAQUE, '').match(ACCOUNT_ID)).toBeNull()
  })

  test.each(withTitles(rows))('%s does not take an old number for another account', async (_route, [method, path, , prepare]) => {
    const input = await prepare()
    if (!namesAnAccount(path, input)) return
    const { status } = await answerWith(inEveryContract(TAKEN), method, path, input)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })
})

test('the text about a new member has the number of the contract', async () => {
  const announce = MATRIMONY_MESSAGES.find(([, path]) => path === '/notification/newmatch/')
  if (!announce) throw new Error('no such row')
  const [method, path, { status }, prepare] = announce
  const input = await prepare()
  for (const numbering of [MOVED, TAKEN]) {
    expect((await answerWith(inEveryContract(numbering), method, path, input)).status).toBe(status)
    const stored = await env.DB.prepare('SELECT content, subject_id FROM announcements ORDER BY id DESC LIMIT 1').first()
    expect(stored?.content).toBe(`Congratulations! A new match has been found: User ID ${renumber(numbering, Number(stored?.subject_id))}.`)
  }
})

test('without a former server, every number is the id of the account', () => {
  for (const numbering of Object.values(numberingsOf({}))) {
    for (const id of [0, 1, 57, 2 ** 28, BLOCK, BLOCK + 57, 2 ** 31]) expect(renumber(numbering, id)).toBe(id)
  }
})
