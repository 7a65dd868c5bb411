import { DatabaseSync } from 'node:sqlite'
import { readPlan } from '../../../../src/cli/move/plan/plan-file.ts'
import { targetOn } from '../database.ts'
import { importPlan } from '../moving.ts'

/** Imports a plan into a database file, and prints a line before and after each batch, at any of which the test kills it. */

const [, , database = '', plan = '', path = ''] = process.argv

const connection = new DatabaseSync(database)
connection.exec('PRAGMA journal_mode = WAL')
const target = targetOn(connection)
target.beforeBatch = () => process.stdout.write('batch\n')
await importPlan(target, path, readPlan(plan))
process.stdout.write('finished\n')
