import { randomBytes } from 'node:crypto'
import { emailKey } from '../../../model/account.ts'
import type { ContractName } from '../../../model/contract.ts'
import { passwordKind } from '../inspect/password-kinds.ts'
import { session, token } from '../models/common.ts'
import { practiceProfile } from '../models/mindharmony.ts'
import { ORIGINALS } from '../models/originals.ts'
import type { Plan } from '../plan/plan-file.ts'
import { typedName } from '../rows/account-texts.ts'
import { CONTRACT_ROWS } from '../rows/contracts.ts'
import { readSession } from '../rows/django-session.ts'
import type { StagedRecord, Staging } from '../staging/staging.ts'
import { nextNumber } from '../target/chunk.ts'
import { numberOf, query, type Target } from '../target/target.ts'
import { readLedger } from './ledger.ts'
import { digestOfSource, type Loaded } from './load.ts'
import { renamedIn } from './names.ts'
import { tablesNotImported } from './not-imported.ts'
import { accountModelOf, nextFormerNumber } from './phases.ts'

/** `npm run move -- plan`: a source against the target, before anything is written. */

export interface PlanOptions {
  readonly loaded: Loaded
  readonly path: string
  readonly media: string | null
  readonly target: Target
  readonly secretKeys: readonly string[]
  readonly now: number
}

const PAGE = 500

/** In batches, so that the target is asked once for each. */
function* pagesOf<T>(items: Iterable<T>): Generator<readonly T[], void> {
  let page: T[] = []
  for (const item of items) {
    page.push(item)
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

const increment = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

const takenAddresses = async (target: Target, keys: readonly string[]): Promise<number> => {
  if (keys.length === 0) return 0
  const rows = await query(
    target,
    'SELECT email_key FROM accounts WHERE email_key IN (SELECT value FROM json_each(?))',
    JSON.stringify(keys),
  )
  return rows.length
}

/** How many accounts of mindharmony have no profile: each gets a number for one. */
const withoutProfile = (staging: Staging, accounts: number): number => {
  let found = 0
  for (const { fields } of staging.records(practiceProfile)) {
    const key = staging.accountKey(fields.user)
    if (key !== null && staging.claim('practice profile', key)) found++
  }
  return Math.max(accounts - found, 0)
}

const FLAG_FIELDS = { is_staff: 'staff', is_superuser: 'superuser', is_admin: 'admin' } as const

const flagsOf = ({ fields }: StagedRecord): string[] =>
  Object.entries(FLAG_FIELDS).flatMap(([field, flag]) => (fields[field] === true ? [flag] : []))

class AccountFindings {
  readonly passwords = new Map<string, number>()
  readonly withoutPassword: { id: string; username: string; why: string }[] = []
  readonly flagged: { id: string; username: string; why: string }[] = []
  readonly refused: { id: string; username: string; why: string }[] = []
  readonly renamed: Plan['accounts']['renamed'] = []
  emailTaken = 0
  moving = 0
  before = 0

  add(record: StagedRecord): void {
    const { keyText: id, fields } = record
    const username = typedName(`${fields.username}`)
    const { kind, fails } = passwordKind(typeof fields.password === 'string' ? fields.password : '')
    increment(this.passwords, fails === null ? kind : `${kind} (does not verify)`)
    if (fails !== null) this.withoutPassword.push({ id, username, why: `${kind}: ${fails}` })
    const flags = flagsOf(record)
    if (flags.length > 0) this.flagged.push({ id, username, why: flags.join(', ') })
    this.moving++
  }
}

const readAccounts = async ({ loaded, target }: PlanOptions): Promise<AccountFindings> => {
  const { contract, staging } = loaded
  const { model } = accountModelOf(loaded)
  const findings = new AccountFindings()
  for (const page of pagesOf(staging.records(model))) {
    const moving: StagedRecord[] = []
    const addresses: string[] = []
    for (const record of page) {
      const { keyText: id, fields } = record
      const username = typedName(`${fields.username}`)
      if (staging.entry(model.name, id)) findings.before++
      else if (username === '') findings.refused.push({ id, username, why: 'its name is empty: no one could log in with it' })
      else {
        moving.push(record)
        findings.add(record)
        const address = emailKey(`${fields.email ?? ''}`.trim())
        if (address === null) continue
        if (staging.claim('e-mail', address)) addresses.push(address)
        else findings.emailTaken++
      }
    }
    findings.emailTaken += await takenAddresses(target, addresses)
    findings.renamed.push(...(await renamedIn(target, staging, contract, moving)))
  }
  return findings
}

const sessionKind = ({ staging }: Loaded, { fields }: StagedRecord, { secretKeys, now }: PlanOptions): string => {
  const { session_data: data, expire_date: end } = fields
  if (end instanceof Date && end.getTime() <= now) return 'sessions that ran out'
  const read = readSession(`${data}`, secretKeys)
  if ('reason' in read)
    return secretKeys.length === 0 ? 'sessions that cannot be checked without the SECRET_KEY' : 'sessions that are not live'
  const key = staging.accountKey(read.account)
  const account = key === null ? null : staging.account(key)
  return account && read.endedBecause(account.password) === null ? 'live sessions' : 'sessions that are not live'
}

const logInsOf = (options: PlanOptions): Map<string, number> => {
  const { loaded } = options
  const { credentials } = ORIGINALS[loaded.contract]
  const counts = new Map<string, number>()
  if (credentials.tokens) {
    for (const { fields } of loaded.staging.records(token)) {
      increment(counts, loaded.staging.accountKey(fields.user) === null ? 'tokens without an account' : 'tokens')
    }
  }
  if (credentials.sessions) for (const record of loaded.staging.records(session)) increment(counts, sessionKind(loaded, record, options))
  return counts
}

/** The settings that the Worker needs, so that ids and log-ins of the former server stay valid. */
const settingsFor = (contract: ContractName, formerNumber: number): Record<string, string> => ({
  ...(formerNumber > 0 && { FORMER_IDS: `${contract}:${formerNumber}` }),
  ...(contract === 'meetups' && { FORMER_JWT_SECRET: 'the SECRET_KEY of the former server, as a secret' }),
})

export const makePlan = async (options: PlanOptions): Promise<Plan> => {
  const { loaded, path, media, target } = options
  const { contract, version, staging, source } = loaded
  await readLedger(target, contract, staging)
  const accounts = await readAccounts(options)
  const { model } = accountModelOf(loaded)
  const count = staging.counts.get(model) ?? 0
  const formerNumber = nextFormerNumber(loaded, contract === 'mindharmony' ? withoutProfile(staging, count) : 0)
  const { before, after } = CONTRACT_ROWS[contract]
  const tables = new Set([...before, ...after].filter(({ table }) => table.isNumbered).map(({ table }) => table.name))
  const nextNumbers: Record<string, number> = {}
  for (const table of tables) nextNumbers[table] = await nextNumber(target, table)
  return {
    plan: randomBytes(16).toString('hex'),
    source: { path, digest: await digestOfSource(source), media, contract, version },
    formerNumber,
    renumbered: numberOf((await query(target, 'SELECT count(*) AS accounts FROM accounts WHERE id < ?', formerNumber))[0], 'accounts'),
    nextNumbers,
    accounts: { moving: accounts.moving, before: accounts.before, renamed: accounts.renamed, refused: accounts.refused },
    leaveOut: [],
    flags: {},
    flagsInSource: accounts.flagged,
    emailTaken: accounts.emailTaken,
    withoutPassword: accounts.withoutPassword,
    passwords: Object.fromEntries(accounts.passwords),
    logIns: Object.fromEntries(logInsOf(options)),
    notImported: [...tablesNotImported(loaded), ...loaded.omissions.list()],
    settings: settingsFor(contract, formerNumber),
  }
}
