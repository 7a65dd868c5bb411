import { CONTRACTS, type ContractName } from '../../../model/contract.ts'
import { session, token } from '../models/common.ts'
import type { ModelDefinition } from '../models/model.ts'
import { ORIGINALS } from '../models/originals.ts'
import { SourceError } from '../source/source-error.ts'

/** Finds which of the five originals a source is of, by the models that it has. */

export interface Recognition {
  readonly contract: ContractName
  /** `facility-later`: the newest published version, whose tables differ. */
  readonly version: string
  /** Models of this version that the source does not have. */
  readonly absent: readonly string[]
}

const evidenceFor = (contract: ContractName, seen: ReadonlySet<ModelDefinition>): boolean =>
  ORIGINALS[contract].models.some((model) => seen.has(model))

/** `isMongo`: only meetups stores its accounts in MongoDB, with ObjectIds as their keys. */
const contractOf = (seen: ReadonlySet<ModelDefinition>, isMongo: boolean, named: ContractName | null): ContractName => {
  const found = CONTRACTS.filter((contract) => evidenceFor(contract, seen))
  const [first, second] = found.length === 0 && isMongo ? (['meetups'] as const) : found
  if (first && second) throw new SourceError(`It has tables of more than one of the originals: ${found.join(' and ')}.`)
  if (first && named && first !== named) throw new SourceError(`It is a database of ${first}, not of ${named}.`)
  if (first) return first
  if (seen.size === 0) throw new SourceError(`It is a database of none of the five originals (${CONTRACTS.join(', ')}).`)
  if (named) return named
  const names = [...seen].map(({ name }) => name).join(', ')
  throw new SourceError(
    `It has only what several of the originals have (${names}). Dump the whole database, or name the original: --contract mindharmony.`,
  )
}

export const recogniseOriginal = (seen: ReadonlySet<ModelDefinition>, isMongo: boolean, named: ContractName | null): Recognition => {
  const contract = contractOf(seen, isMongo, named)
  const { models, later, credentials } = ORIGINALS[contract]
  const isLater = later.some((model) => seen.has(model))
  const expected = [
    ...models.filter((model) => isLater || !later.includes(model)),
    ...(credentials.sessions ? [session] : []),
    ...(credentials.tokens ? [token] : []),
  ]
  const seenNames = new Set([...seen].map(({ name }) => name))
  return {
    contract,
    version: isLater ? `${contract}-later` : contract,
    absent: [...new Set(expected.map(({ name }) => name))].filter((name) => !seenNames.has(name)),
  }
}
