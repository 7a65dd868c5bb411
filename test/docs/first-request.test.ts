import { expect, test } from 'vitest'
import { call, textAt } from '../support/call.ts'
import { projectDocuments } from './facts.ts'
import { fencedBlocks, sectionOf } from './markdown.ts'

/** The requests in README, sent as they are written there: the responses have the documented keys, in their order. */

const blocks = fencedBlocks(sectionOf(projectDocuments.texts['README.md'] ?? '', 'A first request'))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

/** The names and types of all fields, in order. */
const outlineOf = (value: unknown): unknown =>
  isRecord(value) ? Object.entries(value).map(([key, field]) => [key, outlineOf(field)]) : value === null ? 'null' : typeof value

test('the first request and the second one', async () => {
  const [registration = '', registered = '', reading = '', profile = ''] = blocks
  expect(blocks).toHaveLength(4)
  const [, registerPath = '', body = ''] = /^curl -s http:\/\/localhost:8787(\S+) [\s\S]*-d '([^']+)'$/.exec(registration.trim()) ?? []
  const response = await call('POST', registerPath, { json: JSON.parse(body) })
  expect([response.status, outlineOf(response.json)]).toEqual([201, outlineOf(JSON.parse(registered))])

  const [, path = '', scheme = ''] = /^curl -s http:\/\/localhost:8787(\S+) -H 'Authorization: (\w+) eyJ[^']+'$/.exec(reading.trim()) ?? []
  const own = await call('GET', path, { as: `${scheme} ${textAt(response, 'token')}` })
  expect([own.status, outlineOf(own.json)]).toEqual([200, outlineOf(JSON.parse(profile))])
})
