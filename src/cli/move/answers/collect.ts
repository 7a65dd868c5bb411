import type { ContractName } from '../../../model/contract.ts'
import { accountOfSession } from '../inspect/sessions.ts'
import { session, token } from '../models/common.ts'
import type { Plan } from '../plan/plan-file.ts'
import { typedName } from '../rows/account-texts.ts'
import type { Collector, Placed, PlacedAccount } from '../run/collector.ts'
import { accountNumber } from '../run/phases.ts'
import { query, type Target, textOf } from '../target/target.ts'
import { ANSWERS } from './contracts.ts'
import type { Facts } from './facts.ts'

/** Collects what the answers have to contain, while `verify` computes again what becomes of each record of the source. */

/** The log-ins of the former server that are still valid. */
export const LOG_INS = 'log-in'

const numberOf = (contract: ContractName, plan: Plan, { record, target }: PlacedAccount): number => {
  const id = accountNumber(contract, plan.formerNumber, record.key)
  return `${id}` === target && typeof record.key === 'number' ? record.key : Number(target)
}

/** The accounts here that have these phone numbers. */
const ownersOf = async (target: Target, numbers: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  if (numbers.length === 0) return new Map()
  const rows = await query(
    target,
    'SELECT id, phone_number FROM accounts WHERE phone_number IN (SELECT value FROM json_each(?))',
    JSON.stringify(numbers),
  )
  return new Map(rows.map((row) => [textOf(row, 'phone_number'), textOf(row, 'id')]))
}

const phoneNumberOf = ({ placement }: Placed): string | null => {
  const number = placement.type === 'row' ? placement.values.phone_number : null
  return typeof number === 'string' ? number : null
}

export const collectorOf = (contract: ContractName, plan: Plan, facts: Facts, target: Target): Collector => {
  const { collect } = ANSWERS[contract]
  return {
    record: (ledgerModel, placed) => {
      const { keyText, fields } = placed.record
      collect[ledgerModel]?.(placed, facts)
      if (ledgerModel === token.name) facts.add(LOG_INS, keyText, fields.user, {})
      // The sessions of meetups belong to its admin site.
      const isSession = ledgerModel === session.name && contract === 'facility'
      if (isSession) facts.add(LOG_INS, keyText, accountOfSession(`${fields.session_data}`) ?? undefined, {})
    },
    accounts: async (page) => {
      const owners = await ownersOf(
        target,
        page.map(phoneNumberOf).filter((number) => number !== null),
      )
      for (const account of page) {
        const { record, decision, username } = account
        const own = typedName(`${record.fields.username}`)
        const isNamed = decision.username === own || decision.contractName !== null
        const number = phoneNumberOf(account)
        const isTaken = number !== null && (owners.get(number) ?? account.target) !== account.target
        facts.addPerson({
          key: record.keyText,
          id: Number(account.target),
          number: numberOf(contract, plan, account),
          name: isNamed ? own : username,
          isActive: record.fields.is_active !== false,
          flags: decision.flags,
          phoneNumber: isTaken ? null : number,
          fields: record.fields,
        })
      }
    },
  }
}
