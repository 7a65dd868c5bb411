import type { Context } from '../../domain/context.ts'
import { type Chosen, checkChoices, type ValidValues } from '../../domain/master/check-choices.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { asList } from './preference-fields.ts'

/** The fields that take values of the lists, as this contract writes them. */
export const CHOICE_FIELDS = {
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

/** What is wrong with values that are in no list: `Invalid gender. Valid values are: Male, Female, Others`. */
export const choiceErrors = (fields: readonly string[], valid: ValidValues, plural: (field: ChoiceField) => boolean): FieldErrors => {
  const errors: FieldErrors = {}
  for (const name of fields) {
    if (!isChoiceField(name)) continue
    const type = CHOICE_FIELDS[name]
    const values = valid[type]
    if (values) errors[name] = [`Invalid ${type}${plural(name) ? '(s)' : ''}. Valid values are: ${values.join(', ')}`]
  }
  return errors
}

/** The same, of a request that is refused anyway: values are looked up in the fields that are otherwise sound. */
export const choiceErrorsIn = async (
  context: Context,
  given: Readonly<Record<string, unknown>>,
  errors: FieldErrors,
  plural: (field: ChoiceField) => boolean,
): Promise<FieldErrors> => {
  const chosen: Chosen[] = []
  const fields = Object.keys(given).filter((name) => isChoiceField(name) && !errors[name])
  for (const name of fields) {
    if (!isChoiceField(name)) continue
    const value = plural(name) ? asList(given[name]) : given[name]
    for (const one of Array.isArray(value) ? value : [value]) {
      const read = typeof one === 'string' || typeof one === 'number' ? String(one).trim() : ''
      if (read !== '') chosen.push({ type: CHOICE_FIELDS[name], value: read })
    }
  }
  return choiceErrors(fields, await checkChoices(context, chosen), plural)
}
