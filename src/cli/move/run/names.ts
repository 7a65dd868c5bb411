import { usernameKey } from '../../../model/account.ts'
import type { ContractName } from '../../../model/contract.ts'
import type { Plan } from '../plan/plan-file.ts'
import { otherNames, typedName } from '../rows/account-texts.ts'
import type { StagedRecord, Staging } from '../staging/staging.ts'
import { query, type Target, textOf } from '../target/target.ts'

/** Decides which accounts keep their name in all contracts: of several that differ in case only, the oldest one. */

type Renaming = Plan['accounts']['renamed'][number]

/** Which of these keys accounts have here already, by their names or by those of their contracts. */
const takenKeys = async (target: Target, keys: readonly string[]): Promise<Set<string>> => {
  if (keys.length === 0) return new Set()
  const rows = await query(
    target,
    `SELECT value AS name FROM json_each(?)
     WHERE EXISTS (SELECT 1 FROM accounts WHERE username_key = value) OR EXISTS (SELECT 1 FROM contract_names WHERE name_key = value)`,
    JSON.stringify(keys),
  )
  return new Set(rows.map((row) => textOf(row, 'name')))
}

interface Candidate {
  readonly id: string
  readonly username: string
  readonly why: string
  readonly names: Iterator<string>
}

/** Names that are free here and in the plan. The first candidate of each account that is free is taken. */
const otherNamesFor = async (target: Target, staging: Staging, candidates: readonly Candidate[]): Promise<Renaming[]> => {
  const renamed: Renaming[] = []
  let waiting = candidates
  while (waiting.length > 0) {
    const tried = waiting.map((candidate) => ({ candidate, name: `${candidate.names.next().value}` }))
    const taken = await takenKeys(
      target,
      tried.map(({ name }) => usernameKey(name)),
    )
    const again: Candidate[] = []
    for (const { candidate, name } of tried) {
      const key = usernameKey(name)
      if (taken.has(key) || !staging.claim('username', key)) again.push(candidate)
      else renamed.push({ id: candidate.id, username: candidate.username, as: name, why: candidate.why })
    }
    waiting = again
  }
  return renamed
}

/** The accounts of one page that have to be called otherwise. Called for each page, oldest accounts first. */
export const renamedIn = async (
  target: Target,
  staging: Staging,
  contract: ContractName,
  page: readonly StagedRecord[],
): Promise<Renaming[]> => {
  const named = page.map(({ keyText: id, fields }) => ({ id, username: typedName(`${fields.username}`) }))
  const taken = await takenKeys(
    target,
    named.map(({ username }) => usernameKey(username)),
  )
  const candidates = named.flatMap(({ id, username }) => {
    const key = usernameKey(username)
    const isTwice = !staging.claim('contract name', username)
    const isHere = taken.has(key)
    if (!isTwice && !isHere && staging.claim('username', key)) return []
    const why = isTwice
      ? 'an older account of this source has the same name, but for spaces at its ends: the name itself means that one'
      : isHere
        ? 'an account has this name here'
        : 'an older account of this source has the same name, but for its case or form'
    return [{ id, username, why, names: otherNames(username, contract) }]
  })
  return otherNamesFor(target, staging, candidates)
}
