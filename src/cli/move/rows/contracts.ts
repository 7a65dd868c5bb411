import type { ContractName } from '../../../model/contract.ts'
import { authUser } from '../models/common.ts'
import { type AccountModel, commonDetails } from './accounts.ts'
import { sessionPhase, tokenPhase } from './credentials.ts'
import { FACILITY_ACCOUNTS } from './facility.ts'
import { MATRIMONY_ACCOUNTS, PLAN_PHASES } from './matrimony-accounts.ts'
import { LIST_PHASES } from './matrimony-lists.ts'
import { MESSAGE_PHASES } from './matrimony-messages.ts'
import { PROFILE_PHASES } from './matrimony-profiles.ts'
import { MEETUPS_PHASES } from './meetups.ts'
import { MINDHARMONY_PHASES } from './mindharmony.ts'
import type { Phase } from './placing.ts'
import { RECOVERY_PHASES } from './recovery.ts'
import { messages } from './recovery-chats.ts'
import type { RoomPhase } from './rooms.ts'

/** What is moved of each original, in an order in which everything that a row refers to is there before it. */

interface ContractRows {
  readonly before: readonly Phase[]
  readonly accounts: readonly AccountModel[]
  readonly after: readonly Phase[]
  /** What becomes messages in rooms, once everything else is here. */
  readonly rooms?: RoomPhase
}

const AUTH_USER: AccountModel = { model: authUser, details: commonDetails }

export const CONTRACT_ROWS: Readonly<Record<ContractName, ContractRows>> = {
  facility: { before: [], accounts: FACILITY_ACCOUNTS, after: [sessionPhase] },
  matrimony: {
    before: PLAN_PHASES,
    accounts: MATRIMONY_ACCOUNTS,
    after: [tokenPhase, ...LIST_PHASES, ...PROFILE_PHASES, ...MESSAGE_PHASES],
  },
  meetups: { before: [], accounts: [AUTH_USER], after: [sessionPhase, ...MEETUPS_PHASES] },
  mindharmony: { before: [], accounts: [AUTH_USER], after: [tokenPhase, ...MINDHARMONY_PHASES] },
  recovery: { before: [], accounts: [AUTH_USER], after: [tokenPhase, ...RECOVERY_PHASES], rooms: messages },
}
