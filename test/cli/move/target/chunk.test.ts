import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writePlan } from '../../../../src/cli/move/plan/plan-file.ts'
import { createTables, createTarget, type TestTarget, targetOn } from '../database.ts'
import { createFolder, type Folder } from '../fixtures.ts'
import { writeLarge } from '../large.ts'
import { importPlan, planFor } from '../moving.ts'

/** An import that is interrupted, in a process of its own and with `kill -9`, until it comes to its end. */

const KILLS = 20
/** They make thirty batches of accounts, and eight of what belongs to them. */
const PEOPLE = 1500
/** Before these, an import only reads. */
const FIRST_WRITES = 12

let folder: Folder
beforeAll(async () => {
  folder = createFolder()
  await writeLarge('sqlite', folder.file('source.sqlite3'), PEOPLE)
})
afterAll(() => folder.remove())

const CHILD = join(import.meta.dirname, 'import-child.ts')
/** The child starts twenty times: in less than half the time with this. */
const PREFLIGHT = join(import.meta.dirname, '../../../../src/cli/preflight.cjs')

/** Kills the process when it begins its `batch`th batch, or lets it finish. Returns whether it did. */
const runUntil = (batch: number, args: readonly string[]): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-r', PREFLIGHT, CHILD, ...args])
    let [batches, errors, out] = [0, '', '']
    child.stdout.on('data', (data) => {
      out += data
      batches = out.split('batch\n').length - 1
      if (batches >= batch) child.kill('SIGKILL')
    })
    child.stderr.on('data', (data) => (errors += data))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== null && code !== 0) reject(new Error(errors))
      else resolve(out.endsWith('finished\n'))
    })
  })

/** What is in a database, without the numbers of attempts, and without the times of the crons, which begin when the tables are created. */
const contentOf = (target: TestTarget) => {
  const { moved_rows: entries = [], cron_runs: _runs, ...tables } = target.dump()
  return { ...tables, moved_rows: entries.map(({ chunk_id: _, ...entry }) => entry) }
}

test(`killed ${KILLS} times, it ends as if it had never been stopped`, { timeout: 170_000 }, async () => {
  const source = folder.file('source.sqlite3')
  const whole = createTarget()
  const plan = await planFor(whole, source)
  writePlan(folder.file('plan.json'), plan)
  await importPlan(whole, source, plan)

  const connection = new DatabaseSync(folder.file('target.sqlite3'))
  createTables(connection)
  const target = targetOn(connection)
  const args = [folder.file('target.sqlite3'), folder.file('plan.json'), source]
  const written: number[] = []
  let kills = 0
  // Each attempt writes one batch or two, and is killed somewhere in the next one.
  while (kills < KILLS) {
    if (await runUntil(FIRST_WRITES + (kills % 4 === 0 ? 1 : 0), args)) break
    kills++
    written.push(Number(target.rows('SELECT count(*) AS entries FROM moved_rows')[0]?.entries))
  }
  expect(kills).toBe(KILLS)
  expect(new Set(written).size).toBeGreaterThan(10)
  expect(await runUntil(Number.POSITIVE_INFINITY, args)).toBe(true)
  expect(contentOf(target)).toEqual(contentOf(whole))
  connection.close()
  whole.close()
})
