import { expect, test } from 'vitest'
import document from '../../docs/asvs.md?raw'
import { REQUIREMENTS } from './asvs-requirements.ts'
import { projectDocuments } from './facts.ts'

/** Whether the table of the ASVS is complete, and what it calls met has something to show. */

const rows = [...document.matchAll(/^\| ([\d.]+) \| ([a-z ]+) \| (.+) \|$/gm)].map(([, id = '', state = '', text = '']) => ({
  id,
  state,
  text,
}))

const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`((?:src|test|docs|migrations)\/[^`]+|[\w-]+\.(?:jsonc?|toml))`/g)].map(([, path = '']) => path)

test('every requirement of levels 1 and 2 is in the table once', () => {
  const expected = Object.entries(REQUIREMENTS).flatMap(([section, numbers]) => numbers.map((number) => `${section}.${number}`))
  expect(expected).toHaveLength(253)
  expect(rows.map(({ id }) => id)).toEqual(expected)
})

test('every state is one of the three, and the sum in the text is right', () => {
  const count = (state: string): number => rows.filter((row) => row.state === state).length
  const [met, notApplicable, notMet] = ['met', 'not applicable', 'not met'].map(count)
  expect(document).toContain(`Of ${rows.length} requirements, ${met} are met, ${notApplicable} do not apply, and ${notMet} are not met.`)
  expect((met ?? 0) + (notApplicable ?? 0) + (notMet ?? 0)).toBe(rows.length)
})

test('what is met names a file, and every file that is named exists', () => {
  const without = rows.filter(({ state, text }) => state === 'met' && pathsIn(text).length === 0).map(({ id }) => id)
  expect(without).toEqual([])
  const missing = rows.flatMap(({ id, text }) =>
    pathsIn(text)
      .filter((path) => !projectDocuments.files.includes(path))
      .map((path) => `${id}: ${path}`),
  )
  expect(missing).toEqual([])
})
