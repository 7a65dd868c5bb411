import type { MemberContext } from '../../domain/access.ts'
import { checkChoices } from '../../domain/master.ts'
import type { FieldErrors } from '../../http/request/field-errors.ts'
import type { Choice, ValidValues } from '../../model/master.ts'
import { asList } from './preference-fields.ts'

/** The fields whose values must be in a master data list, by their names in this contract, with the type of the list. */
const CHOICE_FIELDS = {
  Gender: 'gender',
  Religion: 'religion',
  Caste: 'caste',
  Profession: 'profession',
  Education: 'education',
  Marital_status: 'marital_status',
  Location: 'location',
  Language: 'language',
} as const

export type ChoiceField = keyof typeof CHOICE_FIELDS

const isChoiceField = (name: string): name is ChoiceField => name in CHOICE_FIELDS

/** The field errors for values that are in no list, for example `Invalid gender. Valid values are: Male, Female, Others`. */
export const choiceErrors = (fields: readonly string[], valid: ValidValues, isList: (field: ChoiceField) => boolean): FieldErrors => {
  const errors: FieldErrors = {}
  for (const name of fields) {
    if (!isChoiceField(name)) continue
    const type = CHOICE_FIELDS[name]
    const values = valid[type]
    if (values) errors[name] = [`Invalid ${type}${isList(name) ? '(s)' : ''}. Valid values are: ${values.join(', ')}`]
  }
  return errors
}

/**
 * The same for a request that is rejected anyway, so that it reports all errors at once. Looks up the values of the
 * fields that have no other error.
 */
export const findChoiceErrors = async (
  context: MemberContext,
  input: Readonly<Record<string, unknown>>,
  errors: FieldErrors,
  isList: (field: ChoiceField) => boolean,
): Promise<FieldErrors> => {
  const choices: Choice[] = []
  const fields = Object.keys(input).filter((name) => isChoiceField(name) && !errors[name])
  for (const name of fields) {
    if (!isChoiceField(name)) continue
    const value = isList(name) ? asList(input[name]) : input[name]
    for (const item of Array.isArray(value) ? value : [value]) {
      const text = typeof item === 'string' || typeof item === 'number' ? String(item).trim() : ''
      if (text !== '') choices.push({ type: CHOICE_FIELDS[name], value: text })
    }
  }
  return choiceErrors(fields, await checkChoices(context, choices), isList)
}
