import type { ContractName } from '../../../model/contract.ts'
import { session, token } from '../models/common.ts'
import { type ModelDefinition, omittedFrom, type SourceRecord } from '../models/model.ts'
import { ORIGINALS } from '../models/originals.ts'

/** Why rows are not imported, whatever they contain. */

export interface NotImported {
  readonly model: string
  readonly rows: number
  readonly reason: string
}

/** Counts what is not imported of some rows of a model. */
export class OmissionCounts {
  readonly #counts = new Map<string, NotImported>()

  add(record: SourceRecord): void {
    for (const reason of omittedFrom(record)) {
      const { name: model } = record.model
      const { rows } = this.#counts.get(`${model} ${reason}`) ?? { rows: 0 }
      this.#counts.set(`${model} ${reason}`, { model, rows: rows + 1, reason })
    }
  }

  list(): readonly NotImported[] {
    return [...this.#counts.values()]
  }
}

const GROUPS = /^auth\.|(?:_groups|_user_permissions)$/
const BOOKKEEPING = /^(?:contenttypes\.|admin\.|django_|django\.)/

/** Rows of a table that nothing reads. */
export const reasonForUnread = (name: string, contract: ContractName): string => {
  const { otherTables } = ORIGINALS[contract]
  if (GROUPS.test(name)) return "groups and permissions of Django's admin site"
  if (BOOKKEEPING.test(name)) return "Django's own bookkeeping"
  return otherTables?.prefix.test(name) ? otherTables.stays : 'a table that no published version of the original has'
}

/** Rows of a model that is read, and why they are not imported. Null: they are imported. */
export const reasonForModel = (model: ModelDefinition, contract: ContractName): string | null => {
  const { credentials } = ORIGINALS[contract]
  if (model === session && !credentials.sessions) return "sessions of Django's admin site, which open nothing of this contract"
  if (model === token && !credentials.tokens) return 'this original accepts no such tokens'
  return model.stays
}
