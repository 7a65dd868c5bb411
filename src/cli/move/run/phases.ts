import type { ContractName } from '../../../model/contract.ts'
import { movedAccountId, type NumberedContract, numberingsOf } from '../../../model/contract-numbers.ts'
import type { Plan } from '../plan/plan-file.ts'
import { typedName } from '../rows/account-texts.ts'
import { type AccountDecision, type AccountModel, type FlagName, placeAccount } from '../rows/accounts.ts'
import { CONTRACT_ROWS } from '../rows/contracts.ts'
import { pairOf } from '../rows/credentials.ts'
import type { Phase, Placement, Surroundings } from '../rows/placing.ts'
import type { RoomPhase } from '../rows/rooms.ts'
import type { StagedRecord, Staging } from '../staging/staging.ts'
import type { Loaded } from './load.ts'

/** The phases of one source, with the decisions of its plan. */

const isNumbered = (contract: ContractName): contract is NumberedContract => contract !== 'meetups'

/** The id of an account that keeps its number: the contract goes on showing it. Null: it has none that can be kept. */
export const accountNumber = (contract: ContractName, nextNumber: number, key: StagedRecord['key']): number | null => {
  if (!isNumbered(contract) || typeof key !== 'number') return null
  return movedAccountId(numberingsOf({ [contract]: nextNumber })[contract], key)
}

export interface AccountPhase {
  readonly model: AccountModel['model']
  /** Null: it is refused, or the plan leaves it out. */
  decide(record: StagedRecord): AccountDecision | { readonly reason: string }
  place(record: StagedRecord, decision: AccountDecision, around: Surroundings): Placement
}

/** Which of two versions of an account table the source has. */
export const accountModelOf = ({ contract, staging }: Pick<Loaded, 'contract' | 'staging'>): AccountModel => {
  const [first] = CONTRACT_ROWS[contract].accounts
  const found = CONTRACT_ROWS[contract].accounts.find(({ model }) => staging.counts.has(model)) ?? first
  if (!found) throw new Error(`${contract} has no accounts`)
  return found
}

/** The number that the former server would give out next, for the ids of accounts and, in mindharmony, of profiles. */
export const nextFormerNumber = ({ contract, staging }: Pick<Loaded, 'contract' | 'staging'>, withoutProfile: number): number => {
  if (!isNumbered(contract)) return 0
  const { model } = accountModelOf({ contract, staging })
  const ofAccounts = staging.nextKey(model)
  if (contract !== 'mindharmony') return ofAccounts
  const [profiles] = CONTRACT_ROWS.mindharmony.after.filter((phase) => phase.model.name === 'user.userprofile')
  return Math.max(ofAccounts, (profiles ? staging.nextKey(profiles.model) : 0) + withoutProfile)
}

const WITHOUT_ID = 'the dump has no ids of accounts: it has a new one'

const noFlags: readonly FlagName[] = []

export const accountPhaseOf = (loaded: Loaded, plan: Plan, staging: Staging): AccountPhase => {
  const { contract } = loaded
  const { model, details } = accountModelOf(loaded)
  const renamed = new Map(plan.accounts.renamed.map(({ id, as }) => [id, as]))
  const left = new Set(plan.leaveOut)
  return {
    model,
    decide: ({ keyText, fields }) => {
      const own = typedName(typeof fields.username === 'string' ? fields.username : '')
      if (left.has(keyText)) return { reason: 'the plan leaves it out' }
      if (own === '') return { reason: 'its name is empty: no one could log in with it' }
      const username = renamed.get(keyText) ?? own
      const isOwn = staging.claim('contract name', own)
      return { username, contractName: username !== own && isOwn ? own : null, flags: plan.flags[own] ?? noFlags }
    },
    place: (record, decision, around) => {
      const number = accountNumber(contract, plan.formerNumber, record.key)
      const placement = placeAccount(contract, number, record, decision, details(record, around), around)
      if (placement.type !== 'row') return placement
      if (typeof record.key === 'object') return { ...placement, notes: [...placement.notes, WITHOUT_ID] }
      if (contract !== 'meetups') return placement
      const { object_id: objectId } = placement.values
      return { ...placement, companions: { ...placement.companions, credentials: pairOf(`${objectId}`, around.now) } }
    },
  }
}

interface PresentPhases {
  readonly before: readonly Phase[]
  readonly after: readonly Phase[]
  readonly rooms: RoomPhase | null
}

/** The phases of a contract whose tables the source has. */
export const phasesOf = ({ contract, staging }: Loaded): PresentPhases => {
  const { before, after, rooms } = CONTRACT_ROWS[contract]
  const isThere = ({ model }: Phase | RoomPhase): boolean => staging.counts.has(model)
  return { before: before.filter(isThere), after: after.filter(isThere), rooms: rooms && isThere(rooms) ? rooms : null }
}
