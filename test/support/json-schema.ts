/**
 * Validates values against the JSON Schemas of our documents. It supports the keywords that the documents use, and throws at any
 * other, so that no rule is passed over. No code is generated from a schema: workerd does not allow it.
 *
 * One rule is stricter than JSON Schema: an object whose schema lists properties has no others, unless the schema allows them. The
 * documents leave it open to add properties later; a test must notice a property that is not documented.
 */

type Schema = Readonly<Record<string, unknown>>

/** Describes what is wrong with a value at a path; null if nothing is. */
export type Validator = (value: unknown, path: string) => string | null

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: (text) => DAY.test(text) && !Number.isNaN(Date.parse(text)),
  'date-time': (text) => TIME.test(text) && !Number.isNaN(Date.parse(text)),
  uri: (text) => URL.canParse(text),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
  email: (text) => text.includes('@'),
  password: () => true,
  binary: () => true,
}

/** Keywords that do not constrain a value, and those that another keyword's rule reads. */
const NO_RULES = new Set(['$id', 'title', 'description', 'example', 'examples', 'default', 'required', 'additionalProperties'])

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const schemaOf = (value: unknown): Schema => (isObject(value) ? value : {})

/** Compiles schemas. `resolve` finds the schema of a `$ref`; each is compiled once. */
export const schemaCompiler = (resolve: (reference: string) => unknown) => {
  const byReference = new Map<string, Validator>()

  const rules: Readonly<Record<string, (argument: unknown, schema: Schema) => Validator>> = {
    $ref: (reference) => {
      const name = String(reference)
      return (value, path) => {
        const validate = byReference.get(name) ?? compile(resolve(name))
        byReference.set(name, validate)
        return validate(value, path)
      }
    },
    type: (types) => {
      const allowed = [types].flat()
      const accepts = (type: string) => allowed.includes(type) || (type === 'integer' && allowed.includes('number'))
      return (value, path) => (accepts(typeOf(value)) ? null : `${path} is ${typeOf(value)}, not ${allowed.join(' or ')}`)
    },
    enum: (values) => (value, path) => (listOf(values).includes(value) ? null : `${path} is ${JSON.stringify(value)}, no listed value`),
    const: (expected) => (value, path) => (value === expected ? null : `${path} is not ${JSON.stringify(expected)}`),
    anyOf: (schemas) => {
      const validators = listOf(schemas).map(compile)
      return (value, path) => {
        const problems = validators.map((validate) => validate(value, path))
        return problems.includes(null) ? null : `no form fits: ${problems.join(' | ')}`
      }
    },
    properties: (properties, { required, additionalProperties = false }) =>
      objectRule(schemaOf(properties), required, additionalProperties),
    items: (items) => {
      const validate = compile(items)
      return (value, path) => (Array.isArray(value) ? first(value, (item, index) => validate(item, `${path}[${index}]`)) : null)
    },
    format: (name) => {
      const isValid = FORMATS[String(name)]
      if (!isValid) throw new Error(`unknown format ${name}`)
      return (value, path) => (typeof value !== 'string' || isValid(value) ? null : `${path} is no ${name}: ${JSON.stringify(value)}`)
    },
    minimum: (min) => bound((value) => typeof value !== 'number' || value >= Number(min), `less than ${min}`),
    maximum: (max) => bound((value) => typeof value !== 'number' || value <= Number(max), `more than ${max}`),
    minLength: (min) => bound((value) => typeof value !== 'string' || value.length >= Number(min), `shorter than ${min}`),
    maxLength: (max) => bound((value) => typeof value !== 'string' || [...value].length <= Number(max), `longer than ${max}`),
    pattern: (pattern) => {
      const expression = new RegExp(String(pattern))
      return bound((value) => typeof value !== 'string' || expression.test(value), `no ${pattern}`)
    },
    minItems: (min) => bound((value) => !Array.isArray(value) || value.length >= Number(min), `shorter than ${min}`),
    maxItems: (max) => bound((value) => !Array.isArray(value) || value.length <= Number(max), `longer than ${max}`),
    minProperties: (min) => bound((value) => !isObject(value) || Object.keys(value).length >= Number(min), 'without a property'),
  }

  const objectRule = (properties: Schema, required: unknown, additional: unknown): Validator => {
    const validators = new Map(Object.entries(properties).map(([name, schema]) => [name, compile(schema)]))
    const validateOther: Validator = isObject(additional) ? compile(additional) : (_value, path) => `${path} is not documented`
    return (value, path) => {
      if (!isObject(value)) return null
      const missing = listOf(required).find((name) => !Object.hasOwn(value, String(name)))
      if (missing !== undefined) return `${path}.${missing} is missing`
      return first(Object.entries(value), ([name, inner]) => (validators.get(name) ?? validateOther)(inner, `${path}.${name}`))
    }
  }

  const compile = (input: unknown): Validator => {
    const schema = schemaOf(input)
    const isRecord = schema.properties === undefined && isObject(schema.additionalProperties)
    const validators = isRecord ? [objectRule({}, schema.required, schema.additionalProperties)] : []
    for (const [keyword, argument] of Object.entries(schema)) {
      if (NO_RULES.has(keyword)) continue
      const rule = rules[keyword]
      if (!rule) throw new Error(`unknown keyword ${keyword}`)
      validators.push(rule(argument, schema))
    }
    return (value, path) => first(validators, (validate) => validate(value, path))
  }

  return compile
}

const bound =
  (isWithin: (value: unknown) => boolean, problem: string): Validator =>
  (value, path) =>
    isWithin(value) ? null : `${path} is ${problem}`

/** The first problem in a list. */
const first = <T>(list: readonly T[], problemOf: (item: T, index: number) => string | null): string | null => {
  for (const [index, item] of list.entries()) {
    const problem = problemOf(item, index)
    if (problem !== null) return problem
  }
  return null
}
