import { expect, test } from 'vitest'
import { parseUpstream, upstreamOf, upstreamsOf } from '../../src/model/upstream.ts'

test('a former server is a mode and an origin', () => {
  expect(parseUpstream('proxy https://old.example.com')).toEqual({ mode: 'proxy', origin: 'https://old.example.com' })
  expect(parseUpstream(' shadow  https://old.example.com:8443/ ')).toEqual({ mode: 'shadow', origin: 'https://old.example.com:8443' })
  expect(parseUpstream('shadow http://127.0.0.1:8000')).toEqual({ mode: 'shadow', origin: 'http://127.0.0.1:8000' })
  expect(parseUpstream('adopt https://old.example.com')).toEqual({ mode: 'adopt', origin: 'https://old.example.com' })
  for (const none of ['', ' ', 'own', 'own https://old.example.com']) expect([none, parseUpstream(none)]).toEqual([none, undefined])
})

test.each([
  ['no mode', 'https://old.example.com'],
  ['no address', 'proxy'],
  ['an unknown mode', 'mirror https://old.example.com'],
  ['plain HTTP elsewhere', 'proxy http://old.example.com'],
  ['a path', 'proxy https://old.example.com/api'],
  ['a query', 'proxy https://old.example.com?x=1'],
  ['a user', 'proxy https://user:secret@old.example.com'],
  ['another protocol', 'proxy ftp://old.example.com'],
  ['a host that only begins like this machine', 'proxy http://localhost.example.com'],
  ['two addresses', 'proxy https://a.example https://b.example'],
])('%s is refused', (_what, text) => {
  expect(parseUpstream(text)).toBeNull()
})

const NONE = { facility: undefined, matrimony: undefined, meetups: undefined, mindharmony: undefined, recovery: undefined }

test('without a former server there is nothing to look up', () => {
  expect(upstreamsOf(NONE)).toBeNull()
})

test('only contracts have a former server', () => {
  const recovery = { mode: 'proxy', origin: 'https://old.example.com' } as const
  const upstreams = { ...NONE, recovery }
  expect(upstreamsOf(upstreams)).toBe(upstreams)
  expect(['recovery', 'meetups', 'site', 'console', 'constructor', ''].map((name) => upstreamOf(upstreams, name))).toEqual([
    recovery,
    ...Array.from({ length: 5 }),
  ])
})
