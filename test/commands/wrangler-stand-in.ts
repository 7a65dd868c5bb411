import { readFileSync, writeFileSync } from 'node:fs'
import { type Account, callWrangler } from './cloudflare-account.ts'

/** Replaces the program `wrangler`. The state of its account is in a file. */

const file = process.env.STAND_IN_ACCOUNT ?? ''
const [command, ...args] = process.argv.slice(2)
const account: Account = JSON.parse(readFileSync(file, 'utf8'))
const input = command === 'secret' && args[0] !== 'list' ? readFileSync(0, 'utf8') : ''
const { code, stdout, stderr } = callWrangler(account, process.argv.slice(2), input, process.env.WRANGLER_OUTPUT_FILE_PATH)
writeFileSync(file, JSON.stringify(account))
if (stdout) console.log(stdout)
if (stderr) console.error(stderr)
process.exitCode = code
