import type { ContractName } from '../../../model/contract.ts'
import type { ContractAnswers } from './contract.ts'
import { FACILITY } from './facility.ts'
import { MATRIMONY } from './matrimony.ts'
import { MEETUPS } from './meetups.ts'
import { MINDHARMONY } from './mindharmony.ts'
import { RECOVERY } from './recovery.ts'

export const ANSWERS: Readonly<Record<ContractName, ContractAnswers>> = {
  facility: FACILITY,
  matrimony: MATRIMONY,
  meetups: MEETUPS,
  mindharmony: MINDHARMONY,
  recovery: RECOVERY,
}
