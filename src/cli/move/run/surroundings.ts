import type { ContractName } from '../../../model/contract.ts'
import type { ModelDefinition } from '../models/model.ts'
import type { ExistingRows, Surroundings } from '../rows/placing.ts'
import { referenceText, type Staging } from '../staging/staging.ts'
import type { Pictures } from './pictures.ts'

/** Implements `Surroundings` with the temporary database. */

/** What the rules need of the target, its settings and the command line. */
export interface Tools {
  readonly now: number
  phoneNumber(text: string): string | null
  contactDigests: Surroundings['contactDigests']
  readonly secretKeys: readonly string[]
}

interface Options {
  readonly contract: ContractName
  readonly staging: Staging
  readonly accountModel: ModelDefinition
  readonly existing: ExistingRows
  readonly pictures: Pictures
  readonly tools: Tools
}

export const surroundingsOf = ({ staging, accountModel, existing, pictures, tools }: Options): Surroundings => {
  const numbers = new Map<ModelDefinition, number>()
  return {
    now: tools.now,
    account: (reference) => {
      const key = staging.accountKey(reference)
      const entry = key === null ? null : staging.entry(accountModel.name, key)
      return entry ? Number(entry.target) : null
    },
    isActive: (reference) => {
      const key = staging.accountKey(reference)
      return key !== null && staging.account(key)?.isActive === true
    },
    sourceAccount: (reference) => {
      const key = staging.accountKey(reference)
      const account = key === null ? null : staging.account(key)
      return key === null || !account ? null : { key, password: account.password }
    },
    moved: (model, reference) => {
      const key = referenceText(reference)
      return key === null ? null : (staging.entry(model, key)?.target ?? null)
    },
    linked: (model, reference) => staging.record(model, reference),
    claim: (kind, value) => staging.claim(kind, value),
    isClaimed: (kind, value) => staging.isClaimed(kind, value),
    newNumber: (model) => {
      const number = numbers.get(model) ?? Math.max(staging.nextKey(model), 1)
      numbers.set(model, number + 1)
      return number
    },
    phoneNumber: tools.phoneNumber,
    contactDigests: tools.contactDigests,
    picture: pictures.picture,
    placeholder: pictures.placeholder,
    existing,
    secretKeys: tools.secretKeys,
  }
}
