import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { asCloned, idsIn } from './cloned-toml.ts'

/** Compares the three blocks of wrangler.toml, and the settings in docs/settings.md with what can be set. */

// An import would also parse the 15 MB for the names of their exports.
const { experimental_readRawConfig }: typeof import('wrangler') = createRequire(import.meta.url)('wrangler')

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

type Block = Readonly<Record<string, unknown>>

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null

/** `[env.production]` inherits nothing that it does not repeat, except these keys: wrangler applies them to every environment. */
const INHERITED = ['main', 'compatibility_date', 'compatibility_flags', 'keep_names', 'build', 'assets']

/** Where the two blocks differ on purpose, with the two values. */
const DIFFERENCES: Readonly<Record<string, readonly [local: unknown, production: unknown]>> = {
  // The local server is the development preview. Production is only on its own routes.
  workers_dev: [true, false],
  // Placeholders: a deployment has its own database and namespace.
  'd1_databases.0.database_id': ['00000000-0000-0000-0000-000000000000', '11111111-1111-1111-1111-111111111111'],
  'kv_namespaces.0.id': ['00000000000000000000000000000000', '11111111111111111111111111111111'],
  // A local test suite uses one address.
  'ratelimits.0.simple.limit': [6000, 60],
  'ratelimits.1.simple.limit': [6000, 300],
  'vars.LOGIN_NETWORK_FAILURES': ['100000', '1000'],
  // A local server is where it is.
  'placement.region': [undefined, 'aws:eu-central-1'],
  // In development every response shows what the request has cost.
  'vars.SERVER_TIMING': ['true', 'false'],
  // In development no one must be notified.
  'vars.OUTBOX_IS_CHANNEL': ['true', 'false'],
}

/** Where staging differs from production on purpose, with the two values. */
const STAGING_DIFFERENCES: Readonly<Record<string, readonly [production: unknown, staging: unknown]>> = {
  name: ['concord', 'concord-staging'],
  // Staging needs no domain.
  workers_dev: [false, true],
  'd1_databases.0.database_name': ['concord', 'concord-staging'],
  'd1_databases.0.database_id': ['11111111-1111-1111-1111-111111111111', '22222222-2222-2222-2222-222222222222'],
  'kv_namespaces.0.id': ['11111111111111111111111111111111', '22222222222222222222222222222222'],
  'r2_buckets.0.bucket_name': ['concord-media', 'concord-staging-media'],
  // The Workers of an account share the counters of a namespace.
  'ratelimits.0.namespace_id': ['1001', '2001'],
  'ratelimits.1.namespace_id': ['1002', '2002'],
}

/** The values in a block, by their path. */
const valuesIn = (value: unknown, path = ''): [path: string, value: unknown][] => {
  if (!isBlock(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, child]) => valuesIn(child, path === '' ? key : `${path}.${key}`))
}

const differencesOf = (local: Block, production: Block): Record<string, readonly [unknown, unknown]> => {
  const own = Object.fromEntries(
    Object.entries(local).filter(([key]) => key !== 'env' && !(INHERITED.includes(key) && !(key in production))),
  )
  const localValues = new Map(valuesIn(own))
  const productionValues = new Map(valuesIn(production))
  const paths = new Set([...localValues.keys(), ...productionValues.keys()])
  return Object.fromEntries(
    [...paths]
      .filter((path) => localValues.get(path) !== productionValues.get(path))
      .map((path) => [path, [localValues.get(path), productionValues.get(path)]]),
  )
}

const parse = (toml: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-toml-'))
  try {
    const config = join(folder, 'wrangler.toml')
    writeFileSync(config, toml)
    return experimental_readRawConfig({ config }).rawConfig
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const readBlocks = (toml: string): { local: Block; production: Block; staging: Block } => {
  const rawConfig = parse(asCloned(toml))
  const production: unknown = rawConfig.env?.production
  const staging: unknown = rawConfig.env?.staging
  if (!isBlock(rawConfig) || !isBlock(production) || !isBlock(staging)) throw new Error('wrangler.toml lacks an environment')
  return { local: rawConfig, production, staging }
}

const toml = read('wrangler.toml')
const { local, production, staging } = readBlocks(toml)

describe('the blocks of wrangler.toml', () => {
  test('differ only where they are meant to', () => {
    expect(differencesOf(local, production)).toEqual(DIFFERENCES)
    expect(differencesOf(production, staging)).toEqual(STAGING_DIFFERENCES)
  })

  test.each([
    ['local development', local],
    ['production', production],
    ['staging', staging],
  ])('keep the query strings of %s out of logs and traces: a URL may contain a token', (_, block) => {
    expect(block.observability).toMatchObject({ enabled: true, redact_query_string: true })
  })

  test('name a database and a namespace of their own each', () => {
    const ids = idsIn(toml)
    expect(ids).toHaveLength(6)
    expect(new Set(ids).size).toBe(6)
  })

  const DATABASE = 'database_id = "11111111-1111-1111-1111-111111111111"'
  const ORIGINS = 'ALLOWED_ORIGINS = "*"'
  const written = (from: string, to: string): string => {
    const cloned = asCloned(toml)
    const at = cloned.indexOf(from, cloned.indexOf('\n[env.production]\n'))
    expect(at).toBeGreaterThan(0)
    return `${cloned.slice(0, at)}${to}${cloned.slice(at + from.length)}`
  }

  test('may have what the set-up writes', () => {
    for (const [from, to] of [
      [DATABASE, 'database_id = "0f8fad5b-d9cb-469f-a165-70867728950e"'],
      ['id = "11111111111111111111111111111111"', 'id = "0f8fad5bd9cb469fa16570867728950e"'],
      [ORIGINS, 'PUBLIC_URL = "https://api.example.org"\nALLOWED_ORIGINS = "https://a.example.org,https://b.example.org"'],
    ] as const) {
      expect(differencesOf(local, readBlocks(written(from, to)).production), to).toEqual(DIFFERENCES)
    }
  })

  test.each([
    ['a database id that is none', DATABASE, 'database_id = "production"', 'd1_databases.0.database_id'],
    ['no origin', ORIGINS, 'ALLOWED_ORIGINS = "app"', 'vars.ALLOWED_ORIGINS'],
    ['the id of a database at another key', ORIGINS, `${ORIGINS}\n${DATABASE}`, 'vars.database_id'],
    ['another key', ORIGINS, `${ORIGINS}\nOTHER = "https://api.example.org"`, 'vars.OTHER'],
  ])('may not have %s', (_, from, to, path) => {
    expect(Object.keys(differencesOf(local, readBlocks(written(from, to)).production))).toContain(path)
    expect(differencesOf(local, readBlocks(written(from, to)).production)).not.toEqual(DIFFERENCES)
  })

  test.each<[change: string, changed: Block, path: string]>([
    ['another value', { ...production, vars: { JWT_ISSUER: 'other', ALLOWED_ORIGINS: '*', MATCH_LISTS: 'false' } }, 'vars.JWT_ISSUER'],
    ['a missing variable', { ...production, vars: { JWT_ISSUER: 'concord', ALLOWED_ORIGINS: '*' } }, 'vars.MATCH_LISTS'],
    ['a missing binding', { ...production, r2_buckets: [] }, 'r2_buckets.0.binding'],
    ['another binding', { ...production, queues: { producers: [{ binding: 'QUEUE' }] } }, 'queues.producers.0.binding'],
    ['an inherited key with another value', { ...production, compatibility_date: '2020-01-01' }, 'compatibility_date'],
    ['another cron', { ...production, triggers: { crons: ['17 3 * * *'] } }, 'triggers.crons.1'],
  ])('%s is found', (_, changed, path) => {
    expect(Object.keys(differencesOf(local, changed))).toContain(path)
  })
})

/** The names in the first column of the tables: the other columns explain them. Bindings have a section of their own. */
const documentedIn = (document: string): string[] =>
  document
    .replace(/^## Bindings\n[\s\S]*?(?=^## )/m, '')
    .split('\n')
    .flatMap((line) => [...(/^\|([^|]*)\|/.exec(line)?.[1] ?? '').matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name = '']) => name))

const documented = documentedIn(read('docs/settings.md'))
const secrets = read('docs/settings.md')
  .split('\n')
  .filter((line) => /\| secret[,:]/.test(line))
  .flatMap(documentedIn)

const bindingsOf = (block: Block): unknown[] =>
  valuesIn({ ...block, env: undefined })
    .filter(([path]) => /(?:^|\.)binding$|^durable_objects\.bindings\.\d+\.name$|^ratelimits\.\d+\.name$/.test(path))
    .map(([, name]) => name)

const variablesOf = (block: Block): string[] => Object.keys(isBlock(block.vars) ? block.vars : {})

describe('a setting', () => {
  test('of docs/settings.md is read by src/env.ts, and the other way round', () => {
    const source = read('src/env.ts')
    const bindings = [...bindingsOf(local), 'EMAIL', 'AI', 'ALARM_LIMIT', 'METRICS']
    const declared = [...source.matchAll(/^\s+(?:readonly )?([A-Z][A-Z0-9_]+)\??:/gm)].map(([, name = '']) => name)
    expect(documented.length).toBeGreaterThan(20)
    expect([...documented].sort()).toEqual(declared.filter((name) => !bindings.includes(name)).sort())
  })

  test.each([
    ['local development', local],
    ['production', production],
    ['staging', staging],
  ])('can be set for %s as a variable or a secret', (_, block) => {
    // The platform rejects a variable or secret with the name of a binding, and a secret with the name of a variable.
    expect(bindingsOf(block)).toContain('DB')
    expect(documented.filter((name) => bindingsOf(block).includes(name))).toEqual([])
    expect(secrets).toContain('JWT_SECRET')
    expect(secrets.filter((name) => variablesOf(block).includes(name))).toEqual([])
    expect(variablesOf(block).filter((name) => !documented.includes(name))).toEqual([])
  })
})
