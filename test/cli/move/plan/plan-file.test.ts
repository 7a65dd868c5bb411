import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Plan, readPlan, writePlan } from '../../../../src/cli/move/plan/plan-file.ts'
import { planText } from '../../../../src/cli/move/plan/print.ts'
import { createTarget } from '../database.ts'
import { createFolder, type Folder, peopleOf, unpack } from '../fixtures.ts'
import { planFor } from '../moving.ts'

/** The file that a person reads and changes. */

let folder: Folder
let plan: Plan
beforeAll(async () => {
  folder = createFolder()
  unpack(folder, 'facility')
  const target = createTarget()
  target.run(
    "INSERT INTO accounts (object_id, username, username_key, password, created_at, updated_at) VALUES (?, 'Quensa.Mockridge', 'quensa.mockridge', '!', 0, 0)",
    '0'.repeat(24),
  )
  plan = await planFor(target, folder.file('facility/db.sqlite3'), { secretKeys: [peopleOf('facility').secretKey] })
  target.close()
})
afterAll(() => folder.remove())

test('it names clashes, renamings, what is refused, flags, passwords, log-ins and settings', () => {
  expect(plan.accounts.renamed).toEqual([
    { id: '2', username: 'quensa.mockridge', as: 'quensa.mockridge.facility', why: 'an account has this name here' },
    expect.objectContaining({ id: '4', username: 'TaBi0107', as: 'TaBi0107.facility' }),
  ])
  expect(plan.accounts.refused).toEqual([{ id: '42', username: '', why: 'its name is empty: no one could log in with it' }])
  expect(plan).toMatchObject({
    formerNumber: 62,
    renumbered: 1,
    flags: {},
    flagsInSource: [{ id: '1', username: 'admin', why: 'staff, superuser' }],
    logIns: { 'live sessions': 20, 'sessions that ran out': 1 },
    settings: { FORMER_IDS: 'facility:62' },
  })
  expect(planText(plan)).toContain('Accounts here that get another number in facility: 1')
})

test('it is JSON with notes, for its owner only, and is read as it was written', () => {
  const file = folder.file('plan.json')
  writePlan(file, plan)
  expect(readFileSync(file, 'utf8')).toMatch(/^ {2}\/\/ Flags are not imported/m)
  expect(readPlan(file)).toEqual(plan)
  expect(() => writePlan(file, plan)).toThrow('EEXIST')
})

test.each<[change: string, from: RegExp, to: string, message: RegExp]>([
  ['a flag that does not exist', /"flags": \{\}/, '"flags": { "admin": ["king"] }', /flags\.admin\.0: /],
  ['a name with spaces at its ends', /"as": "TaBi0107.facility"/, '"as": " TaBi "', /accounts\.renamed\.1\.as: It must not be empty/],
  ['a field that it does not have', /"flags": \{\}/, '"flags": {}, "flagz": {}', /is no plan: /],
  ['an id that is none', /"plan": "[0-9a-f]+"/, '"plan": "x"', /plan: /],
  ['a comma too many', /"flags": \{\}/, '"flags": {},,', /is not JSON: /],
])('%s is an error in a sentence', (_, from, to, message) => {
  const file = folder.write('changed.json', '')
  const text = JSON.stringify(plan, null, 2)
  expect(text).toMatch(from)
  folder.write('changed.json', text.replace(from, to))
  expect(() => readPlan(file)).toThrow(message)
})

test('a plan that is not there', () => {
  expect(() => readPlan('/nowhere/plan.json')).toThrow('There is no /nowhere/plan.json that can be read.')
})
