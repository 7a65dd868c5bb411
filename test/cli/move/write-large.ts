import { type LargeForm, writeLarge } from './large.ts'

/** For measurements: `node test/cli/move/write-large.ts recovery /srv/large.sql 100000`. */

const FORMS: readonly LargeForm[] = ['copy', 'recovery', 'inserts', 'one line', 'indented', 'jsonl', 'mongoexport', 'mongodump', 'sqlite']

const [name, path, people] = process.argv.slice(2)
const form = FORMS.find((one) => one === name)
if (!form || path === undefined || !(Number(people) > 0)) throw new Error(`write-large.ts <${FORMS.join('|')}> <file> <people>`)
await writeLarge(form, path, Number(people))
