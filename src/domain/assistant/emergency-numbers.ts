import type { EmergencyLine } from '../../model/assistant.ts'
import { COUNTRIES } from './crisis-lines.ts'

/**
 * Emergency numbers by country (ISO 3166 code). A country is listed only if its number is national and well known. For every
 * other country the numbers that work in most of the world are shown: mobile networks forward 112 and 911 in many countries.
 */

/** One number for the police, the ambulance and the fire brigade. */
const ONE_NUMBER: Readonly<Record<string, string>> = {
  '112':
    'AD AL AT AZ BE BG CH CY CZ DE DK EE ES FI FO FR GE GH GL GR HR HU ID IE IN IS IT KZ LI LT LU LV MC MD ME MK MT NG NL PL PT RO RU RW SE SI SK SM TR TZ UA VA',
  '911': 'AR CA CR DO EC HN JO MX PA PH PR PY SV US UY VI',
  '999': 'BD BH GB GG HK IM JE KE MY QA UG',
  '000': 'AU',
  '111': 'NZ',
  '123': 'CO',
  '9999': 'OM',
}

/** Countries with separate numbers. */
const AMBULANCE_AND_POLICE: ReadonlyMap<string, readonly [ambulance: string, police: string]> = new Map([
  ['AE', ['998', '999']],
  ['BR', ['192', '190']],
  ['CL', ['131', '133']],
  ['CN', ['120', '110']],
  ['IL', ['101', '100']],
  ['JP', ['119', '110']],
  ['KR', ['119', '112']],
  ['NO', ['113', '112']],
  ['SG', ['995', '999']],
  ['TH', ['1669', '191']],
  ['TW', ['119', '110']],
  ['VN', ['115', '113']],
  ['ZA', ['10177', '10111']],
])

const ELSEWHERE = ['112', '911', '999'] as const

const emergencyServicesOf = (country: string): EmergencyLine[] => {
  const [ambulance, police] = AMBULANCE_AND_POLICE.get(country) ?? []
  if (ambulance && police) {
    return [
      { name: 'Ambulance', number: ambulance },
      { name: 'Police', number: police },
    ]
  }
  const number = Object.keys(ONE_NUMBER).find((key) => ONE_NUMBER[key]?.split(' ').includes(country))
  return number === undefined ? [] : [{ name: 'Emergency', number }]
}

const crisisLinesOf = (country: string): EmergencyLine[] =>
  Object.values(COUNTRIES)
    .filter(({ code }) => code === country)
    .flatMap(({ lines }) => lines.flatMap(([name, , number]) => (number === null ? [] : [{ name, number }])))

interface EmergencyNumbers {
  /** The numbers of the country: first the emergency services, then the crisis lines. Empty if the country is not known. */
  readonly local: readonly EmergencyLine[]
  /** Numbers of other countries. Never empty: the country is only a guess from the request. */
  readonly elsewhere: readonly string[]
}

export const emergencyNumbersFor = (country: string | null): EmergencyNumbers => {
  const local = country === null ? [] : [...emergencyServicesOf(country), ...crisisLinesOf(country)]
  const listed = new Set(local.map(({ number }) => number))
  return { local, elsewhere: ELSEWHERE.filter((number) => !listed.has(number)) }
}
