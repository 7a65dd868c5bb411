import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { passwordKind } from '../../../src/cli/move/inspect/password-kinds.ts'
import { typedName } from '../../../src/cli/move/rows/account-texts.ts'
import { usernameKey } from '../../../src/model/account.ts'
import type { ContractName } from '../../../src/model/contract.ts'
import { createTarget, type TestTarget } from './database.ts'
import { createFolder, type FixtureName, type Folder, itemsOf, peopleOf, recordsIn, unpack } from './fixtures.ts'
import { credentialId, moveIn, verifyPlan } from './moving.ts'

/** All five originals in one store, in each of their forms and in two orders: the result for each person in people.json. */

const FORMS: Readonly<Record<ContractName, readonly (readonly [FixtureName, string])[]>> = {
  mindharmony: [
    ['mindharmony', 'db.sqlite3'],
    ['mindharmony', 'dumpdata.json'],
    ['mindharmony', 'pg_dump.sql'],
    ['mindharmony', 'dumpdata.jsonl'],
    ['mindharmony', 'pg_dump-inserts.sql'],
    ['mindharmony', 'dumpdata-natural.json'],
  ],
  facility: [
    ['facility', 'db.sqlite3'],
    ['facility', 'dumpdata.json'],
    ['facility-later', 'db.sqlite3'],
    ['facility-later', 'pg_dump.sql'],
    ['facility-later', 'pg_dump-data-only.sql'],
    ['facility-later', 'dumpdata.json'],
  ],
  matrimony: [
    ['matrimony', 'db.sqlite3'],
    ['matrimony', 'dumpdata.json'],
    ['matrimony-later', 'db.sqlite3'],
    ['matrimony-later', 'dumpdata.json'],
  ],
  recovery: [
    ['recovery', 'db.sqlite3'],
    ['recovery', 'pg_dump.sql'],
    ['recovery', 'dumpdata.json'],
  ],
  meetups: [
    ['meetups', 'dump'],
    ['meetups', 'mongoexport'],
    ['meetups', 'dumpdata.json'],
  ],
}

const ORDER: readonly ContractName[] = ['mindharmony', 'facility', 'matrimony', 'recovery', 'meetups']
const ROUNDS = [0, 1, 2, 3, 4, 5]

let folder: Folder
let target: TestTarget

beforeAll(() => {
  folder = createFolder()
  for (const name of new Set(Object.values(FORMS).flatMap((forms) => forms.map(([fixture]) => fixture)))) unpack(folder, name)
})
afterAll(() => folder.remove())
beforeEach(() => {
  target = createTarget()
})
afterEach(() => target.close())

/** What a log-in of a contract finds: the name of the contract to the letter, or else the common one. */
const accountOf = (contract: ContractName, name: string) => {
  const [row] = target.rows(
    `SELECT * FROM accounts WHERE id = COALESCE(
       (SELECT account_id FROM contract_names WHERE contract = ? AND name = ?), (SELECT id FROM accounts WHERE username_key = ?))`,
    contract,
    typedName(name),
    usernameKey(typedName(name)),
  )
  return row
}

const credential = (id: string) => target.rows('SELECT account_id, kind FROM credentials WHERE id = ?', id)[0]

const checkPeople = async (contract: ContractName, fixture: FixtureName, path: string): Promise<void> => {
  const { people, credentials } = peopleOf(fixture)
  const passwords = new Map(
    recordsIn(await itemsOf(path))
      .filter(({ model }) => model.isAccount)
      .map(({ fields }) => [`${fields.username}`, `${fields.password}`]),
  )
  const ids = new Set<unknown>()
  for (const person of people) {
    if (person.expect === 'refused') continue
    const account = accountOf(contract, person.username)
    const about = `${fixture} ${person.username}`
    expect(account, about).toBeDefined()
    ids.add(account?.id)
    const column = passwords.get(person.username) ?? ''
    expect(account?.password, about).toBe(passwordKind(column).fails === null ? column : '!')
    expect([account?.is_active, account?.is_staff, account?.is_admin, account?.is_superuser], about).toEqual([
      person.active ? 1 : 0,
      0,
      0,
      0,
    ])
    expect(account?.email, about).toBe(person.email ?? '')
  }
  // No two accounts were merged.
  expect(ids.size).toBe(people.filter(({ expect: expected }) => expected !== 'refused').length)
  for (const { kind, value, live, user, opensApi } of credentials) {
    if (kind !== 'drf-token' && kind !== 'django-session') continue
    const row = credential(credentialId(value))
    const owner = people.find(({ id }) => `${id}` === `${user}`)
    const expected = owner && accountOf(contract, owner.username)?.id
    // The sessions of the others are those of the admin site.
    const opens = kind === 'drf-token' || ((contract === 'facility' || contract === 'meetups') && opensApi !== false)
    if (live && opens) expect(row?.account_id, `${fixture} ${kind} ${user}`).toBe(expected ?? 'somebody')
    // A token of a closed account lives again when the account does, as it did there.
    else if (row) expect(target.rows('SELECT is_active FROM accounts WHERE id = ?', Number(row.account_id))).toEqual([{ is_active: 0 }])
  }
}

const moveAll = async (order: readonly ContractName[], round: number): Promise<void> => {
  for (const contract of order) {
    const forms = FORMS[contract]
    const [fixture, file] = forms[round % forms.length] ?? ['mindharmony', '']
    const path = folder.file(fixture, file)
    const options = { secretKeys: [peopleOf(fixture).secretKey, ...peopleOf(fixture).secretKeyFallbacks] }
    const { plan } = await moveIn(target, path, options)
    expect((await verifyPlan(target, path, plan, options)).reasons('differs'), `${fixture} ${file}`).toEqual([])
  }
  for (const contract of order) {
    const forms = FORMS[contract]
    const [fixture, file] = forms[round % forms.length] ?? ['mindharmony', '']
    await checkPeople(contract, fixture, folder.file(fixture, file))
  }
}

describe.each(ROUNDS)('form %i of each', (round) => {
  test('in one order', () => moveAll(ORDER, round))
  test('in the other order', () => moveAll(ORDER.toReversed(), round))
})

test('each keeps its number in its contract, and the numbers of the deleted stay unused', async () => {
  await moveAll(ORDER, 0)
  for (const [contract, block] of [
    ['mindharmony', 1],
    ['facility', 2],
    ['matrimony', 3],
    ['recovery', 4],
  ] as const) {
    const { people, nextAccountId } = peopleOf(contract)
    for (const { id, username, expect: expected } of people) {
      if (expected !== 'refused') expect(accountOf(contract, username)?.id, `${contract} ${username}`).toBe(block * 2 ** 28 + Number(id))
    }
    expect(target.rows('SELECT next_id FROM former_numbers WHERE contract = ?', contract)).toEqual([{ next_id: nextAccountId }])
  }
  for (const { id, username } of peopleOf('meetups').people) expect(accountOf('meetups', username)?.object_id).toBe(id)
  target.run(
    "INSERT INTO accounts (object_id, username, username_key, password, created_at, updated_at) VALUES (?, 'new', 'new', '!', 0, 0)",
    '0'.repeat(24),
  )
  expect(target.rows("SELECT id >= 5 * 268435456 AS above FROM accounts WHERE username = 'new'")).toEqual([{ above: 1 }])
})

test('nothing that is stored, planned or reported contains a plain password', async () => {
  const { secretKey, people } = peopleOf('mindharmony')
  const { plan, report } = await moveIn(target, folder.file('mindharmony/db.sqlite3'), { secretKeys: [secretKey] })
  const written = JSON.stringify([plan, report.text(), target.dump()])
  const found = people.filter(({ password }) => password !== null && password.length > 5 && written.includes(password))
  expect(found.map(({ username }) => username)).toEqual([])
  for (const { token } of people) if (token) expect(written).not.toContain(token)
  expect(JSON.stringify([plan, report.text()])).not.toMatch(/pbkdf2_sha256\$|\$argon2|scrypt\$|@example/)
})
