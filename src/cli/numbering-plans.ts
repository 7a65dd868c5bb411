import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as z from 'zod/mini'
import type { NumberingPlan, NumberingPlans } from '../model/numbering-plans.ts'

/** Makes the numbering plans that the Worker reads from the metadata of libphonenumber-js, which has lists without names. */

const unused = z.unknown()
const text = z.string()
const lengths = z.array(z.int())

/** 0 stands for what a country does not have. */
const maybe = <Schema extends z.ZodMiniType>(schema: Schema) => z.union([z.literal(0), schema])

/** The pattern of a type, and its lengths if they differ from the plan's. An empty pattern contains no number. */
const NumberType = maybe(z.tuple([text], lengths))

const Country = z.tuple(
  [
    unused,
    unused,
    /* pattern */ text,
    /* lengths */ lengths,
    unused,
    /* national prefix */ maybe(text),
    unused,
    /* its pattern, if it has more than one form */ maybe(text),
    /* replacement */ maybe(text),
    unused,
    /* start */ maybe(text),
    /* types */ z.array(NumberType),
  ],
  unused,
)

const Metadata = z.object({
  version: z.literal(4),
  country_calling_codes: z.record(text, z.tuple([text], text)),
  countries: z.record(text, Country),
  nonGeographic: z.record(text, Country),
})

/** The positions of the types, in the order in which the library looks for the type of a number. */
const TYPES = [
  { position: 0, isCostly: false }, // fixed line
  { position: 1, isCostly: false }, // mobile
  { position: 3, isCostly: true }, // premium rate
  { position: 2, isCostly: false }, // toll-free
  { position: 9, isCostly: true }, // shared cost
  ...[8, 4, 7, 6, 5].map((position) => ({ position, isCostly: false })), // the others
]

const planOf = ([, , pattern, lengths, , prefix, , prefixPattern, replacement, , start, types]: z.infer<
  typeof Country
>): NumberingPlan => ({
  pattern,
  lengths,
  prefix: prefixPattern || prefix || undefined,
  replacement: replacement || undefined,
  start: start || undefined,
  kinds: TYPES.flatMap(({ position, isCostly }) => {
    const [ofType, ownLengths = lengths] = types[position] || ['']
    return ofType === '' ? [] : [{ pattern: ofType, lengths: ownLengths, isCostly }]
  }),
})

const metadataFile = createRequire(import.meta.url).resolve('libphonenumber-js/metadata.max.json')

/** The content of the asset `phone-numbers.json`. */
export const numberingPlansFile = (): string => {
  const { country_calling_codes, countries, nonGeographic } = Metadata.parse(JSON.parse(readFileSync(metadataFile, 'utf8')))
  const planOfCountry = (country: string): NumberingPlan => {
    const found = countries[country]
    if (!found) throw new Error(`the metadata has no country ${country}`)
    return planOf(found)
  }
  const plans: NumberingPlans = {
    ...Object.fromEntries(
      Object.entries(country_calling_codes).map(([callingCode, [main, ...others]]) => [
        callingCode,
        [planOfCountry(main), ...others.map(planOfCountry)] as const,
      ]),
    ),
    ...Object.fromEntries(Object.entries(nonGeographic).map(([callingCode, country]) => [callingCode, [planOf(country)] as const])),
  }
  return JSON.stringify(plans)
}
