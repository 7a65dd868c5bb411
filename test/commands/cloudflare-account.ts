import { appendFileSync, writeFileSync } from 'node:fs'
import type { Output } from '../../src/cli/deploy/workspace.ts'

/**
 * A Cloudflare account as wrangler shows it, for the tests of the set-up and of the deployment. It records every call of wrangler,
 * and fails on request. Its answers have the form of wrangler's own.
 */

export interface Account {
  loggedIn: boolean
  accounts: { id: string; name: string }[]
  databases: Record<string, string>
  namespaces: Record<string, string>
  buckets: string[]
  /** Secrets by Worker. A Worker exists if it has an entry. */
  secrets: Record<string, Record<string, string>>
  /** The addresses that `wrangler deploy` reports. */
  targets: string[]
  /** What `wrangler d1 export` writes. */
  dump: string
  calls: string[]
  /** The number of the call that fails; null: none. */
  failingCall: number | null
  /** Whether the failing call makes its change before it fails, like a lost response. */
  failsLate: boolean
}

export const EMPTY_ACCOUNT: Account = {
  loggedIn: true,
  accounts: [{ id: '0a', name: 'Concord' }],
  databases: {},
  namespaces: {},
  buckets: [],
  secrets: {},
  targets: [],
  dump: '',
  calls: [],
  failingCall: null,
  failsLate: false,
}

class Failure extends Error {}

const errorMessage = (message: string): string =>
  `\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1m${message}\u001b[0m\n\n🪵  Logs were written to "wrangler.log"`

const optionIn = (args: readonly string[], name: string): string => {
  const index = args.indexOf(name)
  return index < 0 ? '' : (args[index + 1] ?? '')
}

const idFrom = (name: string, length: number): string => Buffer.from(name.repeat(length)).toString('hex').slice(0, length)

const uuidFrom = (name: string): string => idFrom(name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** The account's answer to one call: it changes the account, and returns what wrangler would print. */
const answer = (account: Account, args: readonly string[], input: string, outputFile: string): string => {
  const [command, name = '', value = ''] =
    /^(d1|kv namespace|r2 bucket|r2|secret|whoami|deploy) ?(\S*) ?(\S*)/.exec(args.join(' '))?.slice(1) ?? []
  const worker = optionIn(args, '--env') === 'staging' ? 'concord-staging' : 'concord'
  switch (`${command} ${name}`) {
    case 'd1 list':
      return JSON.stringify(Object.entries(account.databases).map(([database, uuid]) => ({ uuid, name: database })))
    case 'd1 create':
      if (value in account.databases) throw new Failure(`A database with the name ${value} already exists [code: 7502]`)
      account.databases[value] = uuidFrom(value)
      return `✅ Successfully created DB '${value}'`
    case 'd1 export':
      writeFileSync(optionIn(args, '--output'), account.dump)
      return '🌀 Exported'
    case 'r2 object':
      return 'Upload complete.'
    case 'd1 migrations':
      return '🌀 No migrations to apply!'
    case 'kv namespace list':
      return JSON.stringify(Object.entries(account.namespaces).map(([title, id]) => ({ id, title })))
    case 'kv namespace create':
      if (value in account.namespaces) throw new Failure(`A namespace with this account ID and title already exists. [code: 10014]`)
      account.namespaces[value] = idFrom(value, 32)
      return '✨ Success!'
    case 'r2 bucket list':
      return [
        'Listing buckets...',
        ...account.buckets.map((bucket) => `name:           ${bucket}\ncreation_date:  2026-11-30T08:00:00.000Z\n`),
      ].join('\n')
    case 'r2 bucket create':
      if (account.buckets.includes(value)) throw new Failure('The bucket you tried to create already exists, and you own it. [code: 10004]')
      account.buckets.push(value)
      return `✅ Created bucket '${value}' with default storage class of Standard.`
    case 'secret list': {
      const secrets = account.secrets[worker]
      if (!secrets) throw new Failure(`Worker "${worker}" (env: ${optionIn(args, '--env')}) not found.`)
      return JSON.stringify(Object.keys(secrets).map((secret) => ({ name: secret, type: 'secret_text' })))
    }
    case 'secret put':
      account.secrets[worker] = { ...account.secrets[worker], [value]: input }
      return `✨ Success! Uploaded secret ${value}`
    case 'secret bulk':
      account.secrets[worker] = { ...account.secrets[worker], ...JSON.parse(input) }
      return '✨ Success!'
    case 'deploy --env': {
      const entries = [{ type: 'wrangler-session' }, { type: 'deploy', targets: account.targets }]
      appendFileSync(outputFile, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
      return `Uploaded ${worker}`
    }
    default:
      throw new Failure(`The stand-in has no answer to: ${args.join(' ')}`)
  }
}

/** Calls wrangler with an account, which this changes. `outputFile`: where it writes what it has deployed to. */
export const callWrangler = (account: Account, args: readonly string[], input: string, outputFile = ''): Output => {
  account.calls.push(args.join(' '))
  const isFailing = account.failingCall === account.calls.length - 1
  if (args[0] === 'whoami') {
    const isKnown = account.loggedIn && !isFailing
    const stdout = JSON.stringify(isKnown ? { loggedIn: true, accounts: account.accounts } : { loggedIn: false })
    return { code: isKnown ? 0 : 1, stdout, stderr: '' }
  }
  try {
    if (isFailing && !account.failsLate) throw new Failure('A request to the Cloudflare API failed.')
    const stdout = answer(account, args, input, outputFile)
    if (isFailing) throw new Failure('A request to the Cloudflare API failed.')
    return { code: 0, stdout, stderr: '' }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { code: 1, stdout: '', stderr: errorMessage(error.message) }
  }
}
