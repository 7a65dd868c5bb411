import { MASTER_TYPES } from '../../../model/master.ts'
import { masterType, masterValue } from '../models/matrimony.ts'
import { targetTable } from '../target/table.ts'
import { phaseOf, present, row, type Surroundings, stays, textFrom } from './placing.ts'

/** matrimony: the lists that profiles take their values from. Every installation has most of them. */

const isType = (type: string): boolean => MASTER_TYPES.some((known) => known === type)

const types = phaseOf(masterType, targetTable('master_types'), {
  place: ({ fields: { type } }, { existing }) => {
    const same = existing.find('master types', [type])
    if (same !== null) return present(same)
    return stays(isType(type) ? 'this list is missing here' : 'a list that no profile has a field for')
  },
})

const CODE = /^([A-Z]+)\d+$/
const MAX_CODES = 10_000

/** The code itself, or the next free one of its list. */
const freeCode = (code: string, { existing, claim }: Surroundings): string => {
  const isFree = (candidate: string): boolean => existing.find('all codes', [candidate]) === null && claim('code', candidate)
  if (isFree(code)) return code
  const [, prefix = code] = CODE.exec(code) ?? []
  for (let number = 1; number < MAX_CODES; number++) {
    const candidate = prefix + `${number}`.padStart(3, '0')
    if (isFree(candidate)) return candidate
  }
  return code
}

const values = phaseOf(masterValue, targetTable('master_values'), {
  place: ({ key, fields }, around) => {
    const type = around.moved(masterType.name, fields.type)
    if (type === null) return stays('its list is not imported')
    const value = textFrom(fields.value)
    const same = around.existing.find('master values', [Number(type), value])
    if (same !== null) return present(same)
    if (around.existing.find('all values', [value]) !== null || !around.claim('master value', value)) {
      return stays('another list has the same value, and only one list may have it')
    }
    const code = freeCode(textFrom(fields.code), around)
    return row(
      Number(key),
      { type_id: Number(type), value, code, created_at: fields.created_on.getTime(), updated_at: fields.updated_on.getTime() },
      { notes: [code === fields.code ? null : 'its code belongs to another value here: it has a new one'] },
    )
  },
})

export const LIST_PHASES = [types, values]
