import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'

/** Checks the files in `migrations/` against the rules of D1 and of docs/storage.md. test/support/migrate.ts applies them. */

const files = import.meta.glob<string>('../../migrations/*', { query: '?raw', import: 'default', eager: true })
const names = Object.keys(files)
  .map((path) => path.slice(path.lastIndexOf('/') + 1))
  .sort()

/** D1's limit for one statement. */
const MAX_STATEMENT_BYTES = 100_000

describe('migrations', () => {
  test('are numbered from 0001 without gaps, and named after their subject', () => {
    expect(names.length).toBeGreaterThan(0)
    expect(names).toEqual(
      names.map((_, index) => expect.stringMatching(new RegExp(`^${String(index + 1).padStart(4, '0')}_[a-z_]+\\.sql$`))),
    )
    expect(env.MIGRATIONS.map(({ name }) => name)).toEqual(names)
  })

  test.each(Object.entries(files))('%s ends with a statement', (_, sql) => {
    expect(sql).toMatch(/;\n$/)
    const [lastLine = ''] = sql.trimEnd().split('\n').slice(-1)
    expect(lastLine).not.toContain('--')
  })

  test('every statement is small enough for D1', () => {
    const statements = env.MIGRATIONS.flatMap(({ queries }) => queries)
    expect(statements.length).toBeGreaterThan(names.length)
    for (const statement of statements) expect(new TextEncoder().encode(statement).length).toBeLessThan(MAX_STATEMENT_BYTES)
  })

  test('triggers are not split at the semicolons of their bodies', async () => {
    const statements = env.MIGRATIONS.flatMap(({ queries }) => queries)
    const written = Object.values(files)
      .join('')
      .matchAll(/^CREATE TRIGGER (\w+)/gm)
    const expected = [...written].map(([, name]) => name).sort()
    const split = statements.flatMap((statement) => /CREATE TRIGGER (\w+)[\s\S]*\bEND;?\s*$/.exec(statement)?.[1] ?? [])
    const { results } = await env.DB.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name").all<{ name: string }>()
    expect(expected.length).toBeGreaterThan(0)
    expect(split.sort()).toEqual(expected)
    expect(results.map(({ name }) => name)).toEqual(expected)
  })
})
