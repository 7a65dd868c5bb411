import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** What the lock file says, and whether the packages run on the Node that the project brings. */

const root = join(import.meta.dirname, '../..')
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'))

const packages: Record<string, { engines?: { node?: string }; resolved?: string }> = read('package-lock.json').packages
const nodeVersions = Object.entries<string>(read('package.json').optionalDependencies).filter(([name]) => /^node-/.test(name))

/** `22.12` → 22 012 000: three numbers that compare as one. */
const versionNumber = (version: string): number => {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return (major * 1000 + minor) * 1000 + patch
}

/** Whether a version is in a range such as `^20.19.0 || >=22.12.0 <23`. A form that is not known fails the test. */
const isInRange = (version: string, range: string): boolean =>
  range.split('||').some((alternative) =>
    [
      ...alternative
        .replaceAll(/([<>=^]) +/g, '$1')
        .trim()
        .split(/\s+/),
    ].every((comparator) => {
      const [, operator, text = ''] = /^(>=|>|<|\^|)(\d+(?:\.\d+){0,2})(?:\.x)?$/.exec(comparator) ?? []
      if (operator === undefined) throw new Error(`unknown range: ${range}`)
      const [actual, bound] = [versionNumber(version), versionNumber(text)]
      if (operator === '>=') return actual >= bound
      if (operator === '>') return actual > bound
      if (operator === '<') return actual < bound
      if (operator === '^') return actual >= bound && version.split('.')[0] === text.split('.')[0]
      return version === text || version.startsWith(`${text}.`)
    }),
  )

describe('the lock file', () => {
  test('has no engines: npm ci does not warn on Node 20 (npm run lock removes them)', () => {
    expect(Object.keys(packages).filter((path) => path !== '' && packages[path]?.engines)).toEqual([])
  })

  test('has no download addresses', () => {
    expect(Object.keys(packages).filter((path) => packages[path]?.resolved)).toEqual([])
  })
})

test.each([
  ['22.23.2', '>=22.0.0', true],
  ['22.23.2', '^20.19.0 || >=22.12.0', true],
  ['22.23.2', '>=22.12.0 || >=20.19.0 <21.0.0', true],
  ['20.20.2', '>=22.12.0 || >=20.19.0 <21.0.0', true],
  ['22.23.2', '>= 10.x', true],
  ['22.23.2', '20 || 22', true],
  ['22.23.2', '22.23.1', false],
  ['22.23.2', '^20.19.0 || >= 24', false],
  ['22.23.2', '>=22.24', false],
  ['22.23.2', '>=20 <22', false],
])('Node %s in %s: %s', (version, range, expected) => {
  expect(isInRange(version, range)).toBe(expected)
})

test('every installed package runs on the Node that the project brings', () => {
  expect(new Set(nodeVersions.map(([, version]) => version)).size).toBe(1)
  const version = nodeVersions[0]?.[1] ?? ''
  const installed = Object.keys(packages).filter((path) => path !== '' && existsSync(join(root, path, 'package.json')))
  const ranges = installed.map((path) => [path, String(read(`${path}/package.json`).engines?.node ?? '>=0')] as const)
  expect(ranges.length).toBeGreaterThan(100)
  expect(ranges.filter(([, range]) => !isInRange(version, range))).toEqual([])
})
