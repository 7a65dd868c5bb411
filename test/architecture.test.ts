import { describe, expect, test } from 'vitest'

/** Checks every import of every source file against the layers in README.md. */

const sources = import.meta.glob<string>('../src/**/*.ts', { query: '?raw', import: 'default', eager: true })

interface Layer {
  /** The files of the layer. */
  readonly files: RegExp
  /** The source files that it may import besides its own. */
  readonly allowed: RegExp | null
  /** The packages that it must not import. */
  readonly forbiddenPackages?: RegExp
}

const DIALECTS = ['facility', 'matrimony', 'meetups', 'mindharmony', 'recovery']

const LAYERS: Record<string, Layer> = {
  model: { files: /^model\//, allowed: null, forbiddenPackages: /./ },
  domain: {
    files: /^domain\//,
    allowed: /^(model|store|tokens)\/|^providers\/(carrier|model)\.ts$/,
    forbiddenPackages: /^(hono|@hono\/|drizzle-orm|cloudflare:)/,
  },
  store: { files: /^store\//, allowed: null, forbiddenPackages: /^(hono|@hono\/|cloudflare:)/ },
  tokens: { files: /^tokens\//, allowed: null, forbiddenPackages: /^(hono|@hono\/|drizzle-orm|cloudflare:)/ },
  providers: { files: /^providers\//, allowed: /^model\//, forbiddenPackages: /^(hono|@hono\/|drizzle-orm)/ },
  env: { files: /^env\.ts$/, allowed: /^domain\/(settings|alarms\/dispatcher|support\/types)\.ts$/, forbiddenPackages: /./ },
  compose: {
    files: /^compose\.ts$/,
    allowed: /^(domain|model|store|tokens|providers)\/|^env\.ts$/,
    forbiddenPackages: /^(hono|@hono\/|drizzle-orm)/,
  },
  http: { files: /^http\//, allowed: /^domain\//, forbiddenPackages: /^(drizzle-orm|cloudflare:)/ },
  ...Object.fromEntries(
    DIALECTS.map((name) => [
      `dialects/${name}`,
      { files: new RegExp(`^dialects/${name}/`), allowed: /^(http|domain|model)\//, forbiddenPackages: /^(drizzle-orm|cloudflare:)/ },
    ]),
  ),
  site: { files: /^site\/(?!browser\/)/, allowed: /^(http|domain)\//, forbiddenPackages: /^(drizzle-orm|cloudflare:)/ },
  // The staff console. Its lists show a room in the same form as the socket frames do, so it may import frames.ts.
  console: {
    files: /^console\/(?!browser\/)/,
    allowed: /^(http|domain)\/|^dialects\/\w+\/frames\.ts$/,
    forbiddenPackages: /^(drizzle-orm|cloudflare:)/,
  },
  vendor: { files: /^vendor\//, allowed: /^node_modules\/zod\// },
  browser: { files: /^(site|console)\/browser\//, allowed: null, forbiddenPackages: /./ },
  durable: {
    files: /^durable\//,
    allowed: /^(domain\/|model\/|compose\.ts$|env\.ts$|dialects\/\w+\/frames\.ts$)/,
    forbiddenPackages: /^(hono|@hono\/|drizzle-orm)/,
  },
  app: {
    files: /^app\.ts$/,
    allowed: /^(dialects\/\w+\/index|site\/index|console\/(index|pages)|http\/\w[\w-]*)\.ts$/,
    forbiddenPackages: /./,
  },
  index: { files: /^index\.ts$/, allowed: /^(app|compose|env)\.ts$|^durable\/|^domain\//, forbiddenPackages: /./ },
  // Commands for the operator's machine. They create their own context, and the Worker never imports them.
  cli: { files: /^cli\//, allowed: /^(app|env)\.ts$|^(domain|store|tokens)\//, forbiddenPackages: /^(hono|cloudflare:)/ },
}

const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g

const importsOf = (source: string): string[] => [...source.matchAll(SPECIFIER)].map(([, specifier = '']) => specifier)

const resolved = (from: string, specifier: string): string => new URL(specifier, `file:///${from}`).pathname.slice(1)

/** Describes why an import is not allowed; null if it is. */
const violation = (file: string, specifier: string): string | null => {
  const [name, layer] = Object.entries(LAYERS).find(([, { files }]) => files.test(file)) ?? []
  if (!name || !layer) return file.endsWith('.d.ts') ? null : `${file} belongs to no layer`
  if (!specifier.startsWith('.')) return layer.forbiddenPackages?.test(specifier) ? `${file}: ${name} may not import ${specifier}` : null
  const target = resolved(file, specifier)
  return layer.files.test(target) || layer.allowed?.test(target) ? null : `${file}: ${name} may not import ${target}`
}

const files = Object.entries(sources).map(([path, source]) => ({ file: path.replace('../src/', ''), source }))

describe('the layers', () => {
  test('every file imports only what its layer may import', () => {
    const violations = files.flatMap(({ file, source }) => importsOf(source).map((specifier) => violation(file, specifier)))
    expect(files.length).toBeGreaterThan(50)
    expect(violations.filter((message) => message !== null)).toEqual([])
  })

  test.each([
    ['domain/rsvps/add-rsvp.ts', 'hono'],
    ['domain/rsvps/add-rsvp.ts', '../../http/response/error-table.ts'],
    ['domain/rsvps/add-rsvp.ts', 'drizzle-orm'],
    ['store/rsvps.ts', '../domain/context.ts'],
    ['dialects/meetups/rsvp.ts', '../../store/rsvps.ts'],
    ['dialects/meetups/rsvp.ts', '../facility/errors.ts'],
    ['http/dialect.ts', '../dialects/meetups/index.ts'],
    ['http/dialect.ts', '../compose.ts'],
    ['durable/support-room.ts', '../dialects/recovery/user.ts'],
    ['console/pages.ts', '../dialects/recovery/chat.ts'],
    ['console/pages.ts', '../store/accounts.ts'],
    ['console/browser/console.ts', '../pages.ts'],
    ['console/browser/console.ts', 'hono'],
    ['somewhere/else.ts', './x.ts'],
  ])('%s may not import %s', (file, specifier) => {
    expect(violation(file, specifier)).not.toBeNull()
  })

  test('every export is used', () => {
    const allSources = files.map(({ source }) => source).join('\n')
    const unused = files.flatMap(({ file, source }) =>
      [...source.matchAll(/^export (?:const|class|function|async function|interface|type) (\w+)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => (allSources.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length < 2)
        .map((name) => `${file}: ${name}`),
    )
    expect(unused).toEqual([])
  })
})
