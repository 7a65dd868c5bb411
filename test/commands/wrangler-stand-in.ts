import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * Stands in for the command `wrangler` in the tests of the set-up and of the deployment. It keeps the state of an account in
 * a file, records every call, and fails on request. Its output has the form of wrangler's own.
 */

export interface Account {
  loggedIn: boolean
  accounts: { id: string; name: string }[]
  databases: Record<string, string>
  namespaces: Record<string, string>
  buckets: string[]
  /** Secrets by Worker. A Worker exists if it has an entry. */
  secrets: Record<string, Record<string, string>>
  /** What `wrangler deploy` says that it deployed to. */
  targets: string[]
  /** What `wrangler d1 export` writes. */
  dump: string
  calls: string[]
  /** The number of the call that fails; null: none. */
  failingCall: number | null
  /** Whether the failing call makes its change before it fails, like a lost response. */
  failsLate: boolean
}

const file = process.env.STAND_IN_ACCOUNT ?? ''

const fail = (message: string): never => {
  console.error(
    `\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1m${message}\u001b[0m\n\n🪵  Logs were written to "wrangler.log"`,
  )
  process.exit(1)
}

const optionIn = (args: readonly string[], name: string): string => {
  const index = args.indexOf(name)
  return index < 0 ? '' : (args[index + 1] ?? '')
}

const idFrom = (name: string, length: number): string => Buffer.from(name.repeat(length)).toString('hex').slice(0, length)

const uuidFrom = (name: string): string => idFrom(name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** The account's answer to one call: it changes the account, and returns what wrangler would print. */
const answer = (account: Account, args: readonly string[], input: string): string => {
  const [command, name = '', value = ''] =
    /^(d1|kv namespace|r2 bucket|r2|secret|whoami|deploy) ?(\S*) ?(\S*)/.exec(args.join(' '))?.slice(1) ?? []
  const worker = optionIn(args, '--env') === 'staging' ? 'concord-staging' : 'concord'
  switch (`${command} ${name}`) {
    case 'd1 list':
      return JSON.stringify(Object.entries(account.databases).map(([database, uuid]) => ({ uuid, name: database })))
    case 'd1 create':
      if (value in account.databases) fail(`A database with the name ${value} already exists [code: 7502]`)
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
      if (value in account.namespaces) fail(`A namespace with this account ID and title already exists. [code: 10014]`)
      account.namespaces[value] = idFrom(value, 32)
      return '✨ Success!'
    case 'r2 bucket list':
      return [
        'Listing buckets...',
        ...account.buckets.map((bucket) => `name:           ${bucket}\ncreation_date:  2026-11-30T08:00:00.000Z\n`),
      ].join('\n')
    case 'r2 bucket create':
      if (account.buckets.includes(value)) fail('The bucket you tried to create already exists, and you own it. [code: 10004]')
      account.buckets.push(value)
      return `✅ Created bucket '${value}' with default storage class of Standard.`
    case 'secret list': {
      const secrets = account.secrets[worker]
      if (!secrets) return fail(`Worker "${worker}" (env: ${optionIn(args, '--env')}) not found.`)
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
      appendFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH ?? '', entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
      return `Uploaded ${worker}`
    }
    default:
      return fail(`The stand-in has no answer to: ${args.join(' ')}`)
  }
}

const run = (): void => {
  const account: Account = JSON.parse(readFileSync(file, 'utf8'))
  const save = (): void => writeFileSync(file, JSON.stringify(account))
  const args = process.argv.slice(2)
  account.calls.push(args.join(' '))
  save()
  const isFailing = account.failingCall === account.calls.length - 1
  if (args[0] === 'whoami') {
    const isKnown = account.loggedIn && !isFailing
    console.log(JSON.stringify(isKnown ? { loggedIn: true, accounts: account.accounts } : { loggedIn: false }))
    process.exit(isKnown ? 0 : 1)
  }
  if (isFailing && !account.failsLate) fail('A request to the Cloudflare API failed.')
  const output = answer(account, args, args[0] === 'secret' && args[1] !== 'list' ? readFileSync(0, 'utf8') : '')
  save()
  if (isFailing) fail('A request to the Cloudflare API failed.')
  console.log(output)
}

run()
