import { expect, test } from 'vitest'
import { countryOf } from '../../../src/http/request/country.ts'

const requestFrom = (headers: Record<string, string>, country?: string): Request =>
  new Request('https://concord.test/support', { headers, ...(country !== undefined && { cf: { country } }) })

test.each([
  ['the address', { 'CF-IPCountry': 'FR', 'Accept-Language': 'en-GB' }, 'DE', 'DE'],
  ['the header, where the address is not known', { 'CF-IPCountry': 'FR', 'Accept-Language': 'en-GB' }, undefined, 'FR'],
  ['the language, from the Tor network', { 'CF-IPCountry': 'T1', 'Accept-Language': 'en-GB' }, 'T1', 'GB'],
  ['the language, where Cloudflare does not know', { 'CF-IPCountry': 'XX', 'Accept-Language': 'en-GB' }, undefined, 'GB'],
  ['the first language that has a region', { 'Accept-Language': 'de, de-AT;q=0.9, en-US;q=0.8' }, undefined, 'AT'],
  ['a language with a script', { 'Accept-Language': 'zh-Hans-CN' }, undefined, 'CN'],
  ['a language in lower case', { 'Accept-Language': 'pt-br' }, undefined, 'BR'],
  ['a language without a region', { 'Accept-Language': 'en,*;q=0.1' }, undefined, null],
  ['a region that is a number', { 'Accept-Language': 'es-419' }, undefined, null],
  ['nonsense', { 'CF-IPCountry': '<b>', 'Accept-Language': `${'x-'.repeat(2000)}!` }, undefined, null],
  ['nothing', {}, undefined, null],
])('the country comes from %s', (_what, headers, country, expected) => {
  expect(countryOf(requestFrom(headers, country))).toBe(expected)
})
