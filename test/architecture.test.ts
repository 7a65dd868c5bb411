import { describe, expect, test } from 'vitest'

/** The layers that README.md draws, held against every import of every source file. */

const sources = import.meta.glob<string>('../src/**/*.ts', { query: '?raw', import: 'default', eager: true })

interface Layer {
  /** Which files it is made of. */
  readonly files: RegExp
  /** What of ours it may import, beside its own files. */
  readonly ours: RegExp | null
  /** What of others' it may not import. */
  readonly notTheirs?: RegExp
}

const DIALECTS = ['facility', 'matrimony', 'meetups', 'mindharmony', 'recovery']

const LAYERS: Record<string, Layer> = {
  domain: {
    files: /^domain\//,
    ours: /^(store|tokens)\/|^providers\/(carrier|model)\.ts$/,
    notTheirs: /^(hono|@hono\/|drizzle-orm|cloudflare:)/,
  },
  store: { files: /^store\//, ours: null, notTheirs: /^(hono|@hono\/|cloudflare:)/ },
  tokens: { files: /^tokens\//, ours: null, notTheirs: /^(hono|@hono\/|drizzle-orm|cloudflare:)/ },
  providers: { files: /^providers\//, ours: null, notTheirs: /^(hono|@hono\/|drizzle-orm)/ },
  env: { files: /^env\.ts$/, ours: /^domain\/(settings|alarms\/dispatcher|support\/words)\.ts$/, notTheirs: /./ },
  compose: { files: /^compose\.ts$/, ours: /^(domain|store|tokens|providers)\/|^env\.ts$/, notTheirs: /^(hono|@hono\/|drizzle-orm)/ },
  http: { files: /^http\//, ours: /^domain\//, notTheirs: /^(drizzle-orm|cloudflare:)/ },
  ...Object.fromEntries(
    DIALECTS.map((name) => [
      `dialects/${name}`,
      { files: new RegExp(`^dialects/${name}/`), ours: /^(http|domain)\//, notTheirs: /^(drizzle-orm|cloudflare:)/ },
    ]),
  ),
  site: { files: /^site\/(?!browser\/)/, ours: /^(http|domain)\//, notTheirs: /^(drizzle-orm|cloudflare:)/ },
  // The staff's page, and what it asks: frames and lists show a room by the same words.
  console: {
    files: /^console\/(?!browser\/)/,
    ours: /^(http|domain)\/|^dialects\/\w+\/frames\.ts$/,
    notTheirs: /^(drizzle-orm|cloudflare:)/,
  },
  vendor: { files: /^vendor\//, ours: /^node_modules\/zod\// },
  browser: { files: /^(site|console)\/browser\//, ours: null, notTheirs: /./ },
  durable: {
    files: /^durable\//,
    ours: /^(domain\/|compose\.ts$|env\.ts$|dialects\/\w+\/frames\.ts$)/,
    notTheirs: /^(hono|@hono\/|drizzle-orm)/,
  },
  app: { files: /^app\.ts$/, ours: /^(dialects\/\w+\/index|site\/index|console\/(index|pages)|http\/\w[\w-]*)\.ts$/, notTheirs: /./ },
  index: { files: /^index\.ts$/, ours: /^(app|compose|env)\.ts$|^durable\/|^domain\//, notTheirs: /./ },
  // Programs of the operator's machine: they compose for themselves, and the Worker never imports them.
  cli: { files: /^cli\//, ours: /^(app|env)\.ts$|^(domain|store|tokens)\//, notTheirs: /^(hono|cloudflare:)/ },
}

const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g

const importsOf = (source: string): string[] => [...source.matchAll(SPECIFIER)].map(([, specifier = '']) => specifier)

const resolved = (from: string, specifier: string): string => new URL(specifier, `file:///${from}`).pathname.slice(1)

/** What an import breaks, in a sentence; null where it is allowed. */
const breach = (file: string, specifier: string): string | null => {
  const [name, layer] = Object.entries(LAYERS).find(([, { files }]) => files.test(file)) ?? []
  if (!name || !layer) return file.endsWith('.d.ts') ? null : `${file} belongs to no layer`
  if (!specifier.startsWith('.')) return layer.notTheirs?.test(specifier) ? `${file}: ${name} may not import ${specifier}` : null
  const target = resolved(file, specifier)
  return layer.files.test(target) || layer.ours?.test(target) ? null : `${file}: ${name} may not import ${target}`
}

const files = Object.entries(sources).map(([path, source]) => ({ file: path.replace('../src/', ''), source }))

describe('the layers', () => {
  test('every file keeps to its own', () => {
    const breaches = files.flatMap(({ file, source }) => importsOf(source).map((specifier) => breach(file, specifier)))
    expect(files.length).toBeGreaterThan(50)
    expect(breaches.filter((sentence) => sentence !== null)).toEqual([])
  })

  test.each([
    ['domain/rsvps/add-rsvp.ts', 'hono'],
    ['domain/rsvps/add-rsvp.ts', '../../http/answers.ts'],
    ['domain/rsvps/add-rsvp.ts', 'drizzle-orm'],
    ['store/rsvps.ts', '../domain/context.ts'],
    ['dialects/meetups/rsvp.ts', '../../store/rsvps.ts'],
    ['dialects/meetups/rsvp.ts', '../facility/envelope.ts'],
    ['http/dialect.ts', '../dialects/meetups/index.ts'],
    ['http/dialect.ts', '../compose.ts'],
    ['durable/support-room.ts', '../dialects/recovery/user.ts'],
    ['console/pages.ts', '../dialects/recovery/chat.ts'],
    ['console/pages.ts', '../store/accounts.ts'],
    ['console/browser/console.ts', '../pages.ts'],
    ['console/browser/console.ts', 'hono'],
    ['somewhere/else.ts', './x.ts'],
  ])('%s may not import %s', (file, specifier) => {
    expect(breach(file, specifier)).not.toBeNull()
  })

  test('nothing is exported that nobody imports', () => {
    const everything = files.map(({ source }) => source).join('\n')
    const unused = files.flatMap(({ file, source }) =>
      [...source.matchAll(/^export (?:const|class|function|async function|interface|type) (\w+)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => (everything.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length < 2)
        .map((name) => `${file}: ${name}`),
    )
    expect(unused).toEqual([])
  })
})
