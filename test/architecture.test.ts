import { describe, expect, test } from 'vitest'
import {
  declarationsOf,
  importedNames,
  importsOf,
  parametersOf,
  resolved,
  type SourceFile,
  withoutComments,
  withUsers,
} from './support/declarations.ts'

/** Checks every import of every source file against the layers, and who may call what. */

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

/** The rooms of http/, from the ground up: each may import those before it. */
const HTTP_ROOMS = ['response', 'request', 'middleware', 'routing', 'openapi']

const HTTP_LAYERS: Record<string, Layer> = Object.fromEntries(
  HTTP_ROOMS.map((room, index) => {
    const lowerRooms = HTTP_ROOMS.slice(0, index).map((lower) => `http/${lower}/`)
    return [
      `http/${room}`,
      {
        files: new RegExp(`^http/${room}/`),
        allowed: new RegExp(`^(${['domain/', 'model/', ...lowerRooms].join('|')})`),
        forbiddenPackages: /^(drizzle-orm|cloudflare:)/,
      },
    ]
  }),
)

/** What our own pages and the dialects are made of. Only the composition uses http/handler.ts. */
const ROUTE_PARTS = 'http/(?:response|request|middleware|routing)/|domain/|model/'

const LAYERS: Record<string, Layer> = {
  model: { files: /^model\//, allowed: null, forbiddenPackages: /./ },
  store: { files: /^store\//, allowed: /^model\//, forbiddenPackages: /^(hono|@hono\/|cloudflare:)/ },
  tokens: { files: /^tokens\//, allowed: /^model\//, forbiddenPackages: /^(hono|@hono\/|drizzle-orm|cloudflare:)/ },
  providers: { files: /^providers\//, allowed: /^model\//, forbiddenPackages: /^(hono|@hono\/|drizzle-orm)/ },
  domain: {
    files: /^domain\//,
    allowed: /^(model|store|tokens)\/|^providers\/(carrier|model)\.ts$/,
    forbiddenPackages: /^(hono|@hono\/|drizzle-orm|cloudflare:)/,
  },
  ...HTTP_LAYERS,
  'http/handler': { files: /^http\/handler\.ts$/, allowed: /^(http|domain|model)\//, forbiddenPackages: /^(drizzle-orm|cloudflare:)/ },
  ...Object.fromEntries(
    DIALECTS.map((name) => [
      `dialects/${name}`,
      {
        files: new RegExp(`^dialects/${name}/`),
        allowed: new RegExp(`^(${ROUTE_PARTS})`),
        forbiddenPackages: /^(drizzle-orm|cloudflare:)/,
      },
    ]),
  ),
  // What only the contracts' documents contain. The build makes the documents: neither these files nor the generator are part of
  // the Worker.
  documents: {
    files: /^documents\//,
    allowed: /^http\/(openapi|response|routing)\/|^dialects\/\w+\/frames\.ts$/,
    forbiddenPackages: /^(?!zod\/mini$)/,
  },
  site: {
    files: /^site\/(?!browser\/)/,
    allowed: new RegExp(`^(${ROUTE_PARTS}|http/openapi/document-file\\.ts$)`),
    forbiddenPackages: /^(drizzle-orm|cloudflare:)/,
  },
  // The staff console. Its lists show a room in the same form as the socket frames do, so it may import frames.ts.
  console: {
    files: /^console\/(?!browser\/)/,
    allowed: new RegExp(`^(${ROUTE_PARTS})|^dialects/\\w+/frames\\.ts$`),
    forbiddenPackages: /^(drizzle-orm|cloudflare:)/,
  },
  // Our own pages use the client of the chat that apps use (packages/client).
  browser: { files: /^(site|console)\/browser\//, allowed: null, forbiddenPackages: /^(?!#chat\/)/ },
  env: { files: /^env\.ts$/, allowed: /^model\//, forbiddenPackages: /^(?!zod\/mini$)/ },
  // Durable Objects and other bindings, as the core sees them.
  rpc: {
    files: /^rpc\//,
    allowed: /^(domain|model)\/|^env\.ts$|^http\/request\/websocket\.ts$/,
    forbiddenPackages: /^(?!node:async_hooks$)/,
  },
  compose: {
    files: /^compose\.ts$/,
    allowed: /^(domain|model|store|tokens|providers|rpc)\/|^env\.ts$/,
    forbiddenPackages: /^(?!#hash-modules$)/,
  },
  'hash-modules': { files: /^hash-modules\.ts$/, allowed: /^tokens\/[\w-]+\.wasm$/, forbiddenPackages: /^(?!argon2id\/)/ },
  durable: {
    files: /^durable\//,
    allowed: /^(domain\/|model\/|compose\.ts$|env\.ts$|dialects\/\w+\/frames\.ts$)/,
    forbiddenPackages: /^(hono|@hono\/|drizzle-orm)/,
  },
  app: {
    files: /^app\.ts$/,
    allowed: /^(dialects\/\w+\/index|site\/index|console\/(index|pages)|http\/handler)\.ts$/,
    forbiddenPackages: /./,
  },
  index: { files: /^index\.ts$/, allowed: /^(app|compose|env)\.ts$|^(durable|domain|rpc)\//, forbiddenPackages: /./ },
  // Commands for the operator's machine. They create their own context, and the Worker never imports them.
  cli: {
    files: /^cli\//,
    allowed:
      /^(app|compose|env)\.ts$|^(documents|domain|model|store)\/|^(http\/openapi\/document-file|site\/(static|link)-pages|site\/reference\/contract|console\/(console|support)-page)\.ts$/,
    forbiddenPackages: /^(hono|cloudflare:)/,
  },
}

/** Describes why an import is not allowed; null if it is. */
const violation = (file: string, specifier: string): string | null => {
  const [name, layer] = Object.entries(LAYERS).find(([, { files }]) => files.test(file)) ?? []
  if (!name || !layer) return file.endsWith('.d.ts') ? null : `${file} belongs to no layer`
  if (!specifier.startsWith('.')) return layer.forbiddenPackages?.test(specifier) ? `${file}: ${name} may not import ${specifier}` : null
  const target = resolved(file, specifier)
  return layer.files.test(target) || layer.allowed?.test(target) ? null : `${file}: ${name} may not import ${target}`
}

const files: readonly SourceFile[] = Object.entries(sources).map(([path, source]) => ({ file: path.replace('../src/', ''), source }))

describe('the layers', () => {
  test('every file imports only what its layer may import', () => {
    const violations = files.flatMap(({ file, source }) => importsOf(source).map((specifier) => violation(file, specifier)))
    expect(files.length).toBeGreaterThan(50)
    expect(violations.filter((message) => message !== null)).toEqual([])
  })

  test.each([
    ['domain/rsvps.ts', 'hono'],
    ['domain/rsvps.ts', '../../http/response/error-table.ts'],
    ['domain/rsvps.ts', 'drizzle-orm'],
    ['store/rsvps.ts', '../domain/context.ts'],
    ['dialects/meetups/rsvp.ts', '../../store/rsvps.ts'],
    ['dialects/meetups/rsvp.ts', '../facility/errors.ts'],
    ['model/plan.ts', '../store/plans.ts'],
    ['model/plan.ts', 'zod'],
    ['http/routing/contract.ts', '../../dialects/meetups/index.ts'],
    ['http/routing/contract.ts', '../../compose.ts'],
    ['http/routing/contract.ts', '../openapi/document.ts'],
    ['http/middleware/rate-limit.ts', '../routing/access.ts'],
    ['http/request/body.ts', '../middleware/rate-limit.ts'],
    ['http/response/errors.ts', '../request/fields.ts'],
    ['http/contract.ts', './handler.ts'],
    ['dialects/meetups/rsvp.ts', '../../http/openapi/document.ts'],
    ['dialects/meetups/rsvp.ts', '../../http/handler.ts'],
    ['durable/support-room.ts', '../dialects/recovery/user.ts'],
    ['site/index.ts', '../http/openapi/document.ts'],
    ['site/index.ts', '../documents/index.ts'],
    ['console/pages.ts', '../dialects/recovery/chat.ts'],
    ['console/pages.ts', '../store/accounts.ts'],
    ['console/browser/console.ts', '../pages.ts'],
    ['console/browser/console.ts', 'hono'],
    ['console/browser/console.ts', '#hash-modules'],
    ['env.ts', 'hono'],
    ['env.ts', './domain/ports.ts'],
    ['somewhere/else.ts', './x.ts'],
  ])('%s may not import %s', (file, specifier) => {
    expect(violation(file, specifier)).not.toBeNull()
  })

  test('every file imports zod/mini as a namespace: zod brings its JSON Schema, and the export `z` all its languages', () => {
    const importing = files.filter(({ source }) => importsOf(source).some((specifier) => /^zod\b/.test(specifier)))
    expect(importing.length).toBeGreaterThan(50)
    expect(importing.filter(({ source }) => !/^import (?:type )?\* as z from 'zod\/mini'$/m.test(source)).map(({ file }) => file)).toEqual(
      [],
    )
  })

  test('every export is used', () => {
    const uses = new Map<string, number>()
    for (const { source } of files) {
      for (const [word] of source.matchAll(/\w+/g)) uses.set(word, (uses.get(word) ?? 0) + 1)
    }
    const unused = files.flatMap(({ file, source }) =>
      [...source.matchAll(/^export (?:const|class|function|async function|interface|type) (\w+)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => (uses.get(name) ?? 0) < 2)
        .map((name) => `${file}: ${name}`),
    )
    expect(unused).toEqual([])
  })
})

/**
 * The types of store/ that other layers may use. No row type is among them: what a verb returns is a type of model/, or of the
 * verb itself.
 */
const SHARED_STORE_TYPES: Readonly<Record<string, string>> = {
  Store: 'the first parameter of every store function',
  Media: 'the bucket, which the context contains',
  MediaMetadata: 'what the bucket says about a picture',
  AlarmSubject: 'what a trigger is built from; no verb returns it',
}

const ROW_TYPE = /\$infer(?:Select|Insert)|\bInfer(?:Select|Insert)Model\b/
const RE_EXPORT = /^export (?:type )?(?:\{|\*)[^;=]*?\bfrom '/m
const TYPE_DECLARATION =
  /^export (?:type|interface) [\s\S]*?(?=^(?:export|import|const|let|function|async|class|type|interface|declare) )/gm

/** Each way in which a type of store/ gets out of it. */
const storeTypeLeaks = (sourceFile: SourceFile): string[] => {
  const { file } = sourceFile
  if (file.startsWith('store/')) return []
  const source = withoutComments(sourceFile.source)
  const fromStore = [...importedNames(sourceFile)].filter(([, { file: target }]) => target.startsWith('store/'))
  const types = fromStore.filter(([, { file: target, name }]) => {
    const declared = files.find((other) => other.file === target)?.source ?? ''
    return name === '*' || new RegExp(`^export (?:type|interface) ${name}\\b`, 'm').test(declared)
  })
  const exportedTypes = [...`${source}\nconst `.matchAll(TYPE_DECLARATION)].map(([text]) => text).join('\n')
  return [
    ...(ROW_TYPE.test(source) ? [`${file} infers a row type`] : []),
    ...(RE_EXPORT.test(source) && file !== 'index.ts' ? [`${file} passes on what it imports`] : []),
    ...fromStore.filter(([, { file: target }]) => /^store\/tables\//.test(target)).map(([name]) => `${file} uses the table ${name}`),
    ...types.filter(([, { name }]) => !(name in SHARED_STORE_TYPES)).map(([, { name }]) => `${file} uses the store type ${name}`),
    ...fromStore
      .filter(([local, { name }]) => !(name in SHARED_STORE_TYPES) && new RegExp(`\\b${local}\\b`).test(exportedTypes))
      .map(([local]) => `${file} exports a type made of ${local}`),
  ]
}

describe('the types of store/', () => {
  test('stay there, but for the shared ones', () => {
    expect(files.flatMap(storeTypeLeaks)).toEqual([])
  })

  test.each([
    ['domain/x.ts', 'type Row = typeof plans.$inferSelect', 'infers a row type'],
    ['domain/x.ts', "import type { InferSelectModel } from 'drizzle-orm'", 'infers a row type'],
    ['domain/x.ts', "import { plans } from '../store/tables/plans.ts'", 'uses the table plans'],
    ['http/request/x.ts', "import type { AddedQuestion } from '../../store/assistant.ts'", 'uses the store type AddedQuestion'],
    ['domain/x.ts', "import { findRsvps, type PlanState as State } from '../store/plans.ts'", 'uses the store type PlanState'],
    ['domain/x.ts', "import type * as plans from '../store/plans.ts'", 'uses the store type *'],
    ['domain/x.ts', "export type { Plan } from '../store/plans.ts'", 'passes on what it imports'],
    ['domain/x.ts', "export * from '../model/plan.ts'", 'passes on what it imports'],
    [
      'domain/x.ts',
      "import { findPlan } from '../store/plans.ts'\nexport type Plan = NonNullable<Awaited<ReturnType<typeof findPlan>>>",
      'exports a type made of findPlan',
    ],
  ])('%s may not contain: %s', (file, source, message) => {
    expect(storeTypeLeaks({ file, source })).toContain(`${file} ${message}`)
  })

  test('a verb may use the shared ones', () => {
    const source = "import type { Store } from '../store/store.ts'\nexport interface Needs { readonly store: Store }"
    expect(storeTypeLeaks({ file: 'domain/x.ts', source })).toEqual([])
  })
})

/**
 * What store/ may import from model/ besides types: names of states and lists, defaults, and functions on values. All other
 * values are rules, and a store function is given the rule that it compiles.
 */
const STORE_VOCABULARY: Readonly<Record<string, string>> = {
  usernameKey: 'how names are compared',
  STAFF_FLAGS: 'the columns of the flags',
  PERSONAL_CHANNELS: 'the states of a column',
  TURN_ROLES: 'the states of a column',
  AUDIT_ROLES: 'the states of a column',
  CHALLENGE_PURPOSES: 'the states of a column',
  CONTACT_ANSWERS: 'the states of a column',
  LINK_PURPOSES: 'the states of a column',
  CONTRACTS: 'the states of a column',
  CREDENTIAL_KINDS: 'the states of a column',
  CRONS: 'the states of a column',
  FACILITY_TEXT_SIZES: 'the states of a column',
  FACILITY_THEMES: 'the states of a column',
  FRIEND_STATUSES: 'the states of a column',
  KINDS_TO_ALL: 'the states of a column',
  MASTER_TYPES: 'the states of a column',
  MATCH_STATUSES: 'the states of a column',
  NOTIFICATION_KINDS: 'the states of a column',
  REPORT_STATUSES: 'the states of a column',
  VISIBILITIES: 'the states of a column',
  VISIBLE_TO: 'the name of a state, in a condition that many statements share',
  FRIENDS: 'the name of a state, in a condition that many statements share',
  ACTIVE_PLAN: 'the name of a state, in a condition that many statements share',
  EMPTY_FACILITY_PROFILE: 'what a missing row means',
  EMPTY_MEETUP_PROFILE: 'what a missing row means',
  LOCKS_FORGOTTEN_AFTER_MS: 'beside the lock rule, which is a setting',
  NO_PASSWORD: 'what is stored instead of a hash',
  MAX_DOUBLINGS: 'where doubling stops, as in model/retry.ts',
}

const VALUE_IMPORT = /^import\s+\{([^}]*)\}\s+from\s+'(?:\.\.\/)+model\/[^']+'/gm
const NUMBER = /^(?:export )?const [A-Z][A-Z_]*(?:: \w+)? = [^'"`\n]*(?<![\w'"`])\d/m

/** The rules that a file of store/ contains, or fetches by itself. */
const rulesIn = ({ file, source }: SourceFile): string[] => {
  if (!file.startsWith('store/')) return []
  const code = withoutComments(source)
  const values = [...code.matchAll(VALUE_IMPORT)].flatMap(([, names = '']) =>
    names.split(',').flatMap((entry) => /^(\w+)(?: as \w+)?$/.exec(entry.trim())?.[1] ?? []),
  )
  return [
    ...values.filter((name) => name !== 'type' && !(name in STORE_VOCABULARY)).map((name) => `${file} imports ${name}`),
    ...(NUMBER.test(code) ? [`${file} has a number of its own`] : []),
  ]
}

describe('the rules', () => {
  test('are given to the functions of store/', () => {
    expect(files.flatMap(rulesIn)).toEqual([])
  })

  test('the vocabulary of store/ has no name too many', () => {
    const stored = files.filter(({ file }) => file.startsWith('store/')).map(({ source }) => source)
    expect(Object.keys(STORE_VOCABULARY).filter((name) => !stored.some((source) => new RegExp(`\\b${name}\\b`).test(source)))).toEqual([])
  })

  test.each([
    ["import { MESSAGE_RULE, type MessageRule } from '../model/message.ts'", 'imports MESSAGE_RULE'],
    ["import {\n  type DirectMessage,\n  REPORT_RULE as rule,\n} from '../model/report.ts'", 'imports REPORT_RULE'],
    ['const MAX_WEEKS = 1000', 'has a number of its own'],
    ['export const WINDOW_MS = 24 * 60 * 60_000', 'has a number of its own'],
    ['const LIMIT: RateLimit = { max: 10 }', 'has a number of its own'],
  ])('a rule is found in: %s', (source, message) => {
    expect(rulesIn({ file: 'store/x.ts', source })).toEqual([`store/x.ts ${message}`])
  })

  test.each([
    "import type { MessageRule } from '../model/message.ts'",
    "import { type MatchRule, MATCH_STATUSES } from '../model/matching.ts'",
    "const UNREAD: NotificationKind = 'unread'",
  ])('no rule is in: %s', (source) => {
    expect(rulesIn({ file: 'store/x.ts', source })).toEqual([])
  })
})

/** The functions of domain/access.ts that create a narrowed context without a check, with the files that may import them. */
const CREATORS: Readonly<Record<string, readonly string[]>> = {
  // The credential has just been checked.
  memberContext: ['domain/sessions/authenticate.ts'],
  // Only the operator can run these.
  operatorContext: ['cli/platform.ts', 'durable/operator.ts'],
  actAs: ['cli/seed/matrimony.ts', 'cli/seed/people.ts'],
  // The crons, and the objects, which check their connections themselves.
  systemContext: ['durable/alarm-dispatcher.ts', 'durable/support-desk.ts', 'durable/support-room.ts', 'index.ts'],
}

/** The functions of domain/access.ts that check. Any file may import them. */
const CHECKS = ['actingAccount', 'asAdmin', 'asStaff', 'asSuperuser', 'isOutranked', 'isOwnerOrStaff', 'isStaff', 'sourceOf']

const ACCESS = 'domain/access.ts'
const NARROWED = '(?:Member|Staff|Admin|Superuser|Operator|System)Context'

const ASSERTION = new RegExp(`\\b(?:as|is) ${NARROWED}\\b|\\bas (?:any|never|unknown)(?= as |[\\s,;)\\]}.]*$|[,;)\\]}.])`, 'm')
const REPLACED_ACTOR = /\bactor\s*:|\.\.\.[\w.]+,[^{}]*\bactor\s*[,}]/

/** Each way in which a file creates a narrowed context, although it may not. */
const forgeries = (sourceFile: SourceFile): string[] => {
  const { file } = sourceFile
  if (file === ACCESS) return []
  const source = withoutComments(sourceFile.source)
  const imports = [...importedNames(sourceFile).values()].filter(
    ({ file: target, name }) => target === ACCESS && (name === '*' || (CREATORS[name] && !CREATORS[name].includes(file))),
  )
  const otherImports = importsOf(source.replaceAll(/^import\s[^']*'[^']*'/gm, '')).filter(
    (specifier) => resolved(file, specifier) === ACCESS,
  )
  return [
    ...imports.map(({ name }) => `${file} may not import ${name} from ${ACCESS}`),
    ...otherImports.map(() => `${file} may not pass on what ${ACCESS} exports`),
    ...(ASSERTION.test(source) ? [`${file} asserts a type`] : []),
    ...(REPLACED_ACTOR.test(source) ? [`${file} replaces the actor of a context`] : []),
  ]
}

/** A statement that writes to the database, or a call that changes a Durable Object, the bucket or the revocation list. */
const WRITE =
  /\.(?:insert|update|delete)\(|\b(?:INSERT|UPDATE|DELETE|REPLACE)\b|\.(?:put|remove|storeMessage|addFormer|removeFormer|claim|release|trigger|acknowledge|notifyDesk|announce|forget|erase|rearm|closeRevokedConnections)\(|\brevocations\.list\(/

/** The verbs that change data and that anyone may call. */
const OPEN_WRITE_VERBS: Readonly<Record<string, string>> = {
  'domain/accounts/register.ts register': 'anyone may register',
  'domain/accounts/register.ts registerAndLogIn': 'anyone may register',
  'domain/accounts/forgotten-password.ts requestPasswordLink': 'anyone may ask; the link goes to the address of the account',
  'domain/accounts/forgotten-password.ts setPasswordByLink': 'the link is the proof',
  'domain/contacts/answer.ts answerAsContact': 'the link is the proof',
  'domain/alarms/acknowledge-by-link.ts acknowledgeByLink': 'the link is the proof',
  'domain/sessions/log-in.ts logIn': 'the password is the proof',
  'domain/sessions/adopt.ts adoptByPassword': 'a part of logIn; the former server checks the password',
  'domain/sessions/adopt.ts adoptByToken': 'a part of finding out who calls; the former server checks the token',
  'domain/shadow.ts recordComparison': 'counts an answer that was compared',
  'domain/sessions/former-credentials.ts readFormerJwt': 'finds out who calls; a token that is unknown here may bring its account over',
  'domain/sessions/former-credentials.ts readFormerKey': 'the same',
  'domain/sessions/read-token.ts readToken': 'the same',
  'domain/sessions/refresh.ts refreshAccess': 'the refresh token is the proof',
  'domain/sessions/login-guard.ts countFailure': 'a part of logIn; it only counts a failure',
  'domain/sessions/login-guard.ts recordLoginFailure': 'a part of logIn; it only counts a failure',
  'domain/sessions/authenticate.ts authenticate': 'finds out who calls; it only records that the credential was used',
  'domain/sessions/authenticate.ts identify': 'the same',
  'domain/sessions/authenticate.ts isValidToken': 'the same',
  'domain/sessions/refresh.ts blacklistRefresh': 'the refresh token is the proof',
  'domain/sessions/log-out.ts endTokenPair': 'a part of blacklistRefresh',
  'domain/sessions/log-out.ts endReplacedSession': 'the session token is the proof',
  'domain/sessions/log-out.ts publishRevocations': 'lists credentials that a verb has already ended',
}

/** The exported declarations of the core that write, directly or through others. */
const writeVerbs = (sourceFiles: readonly SourceFile[]) =>
  withUsers(
    sourceFiles.filter(({ file }) => /^(domain|store)\//.test(file)),
    ({ text }) => WRITE.test(text),
  ).filter(({ file, isExported }) => isExported && file.startsWith('domain/'))

const FIRST_PARAMETER = new RegExp(`^\\s*(?:\\w+|\\{[^{}]*\\})\\s*:\\s*(${NARROWED}(?:\\s*\\|\\s*${NARROWED})*)\\s*(?:,|$)`)

/** The write verbs whose first parameter is not a narrowed context from domain/access.ts. */
const openWriteVerbs = (sourceFiles: readonly SourceFile[]): string[] => {
  const imports = new Map(sourceFiles.map((sourceFile) => [sourceFile.file, importedNames(sourceFile)]))
  return writeVerbs(sourceFiles)
    .filter((verb) => {
      const contexts = FIRST_PARAMETER.exec(parametersOf(verb) ?? '')?.[1]?.split('|') ?? []
      return contexts.length === 0 || contexts.some((name) => imports.get(verb.file)?.get(name.trim())?.file !== ACCESS)
    })
    .map(({ file, name }) => `${file} ${name}`)
}

const planted = (file: string, source: string): readonly SourceFile[] => [...files.filter((other) => other.file !== file), { file, source }]

describe('who may call what', () => {
  test('only domain/access.ts creates the narrowed contexts', () => {
    expect(files.flatMap(forgeries)).toEqual([])
  })

  test('domain/access.ts exports nothing but its checks and the listed functions', () => {
    const access = files.filter(({ file }) => file === ACCESS).flatMap(declarationsOf)
    const exported = access.filter(({ isExported }) => isExported).map(({ name }) => name)
    expect(exported.sort()).toEqual([...CHECKS, ...Object.keys(CREATORS)].sort())
    const source = files.find(({ file }) => file === ACCESS)?.source ?? ''
    expect(source).not.toMatch(/^export (?:type )?[{*]|^export default/m)
  })

  test('every file that may create a context does so', () => {
    const users = (creator: string) =>
      files.filter((file) => [...importedNames(file).values()].some(({ file: target, name }) => target === ACCESS && name === creator))
    for (const [creator, allowed] of Object.entries(CREATORS))
      expect(
        users(creator)
          .map(({ file }) => file)
          .sort(),
      ).toEqual([...allowed].sort())
  })

  test.each([
    [
      'dialects/meetups/x.ts',
      "import { memberContext } from '../../domain/access.ts'",
      'may not import memberContext from domain/access.ts',
    ],
    [
      'dialects/meetups/x.ts',
      "import {\n  asStaff,\n  systemContext as s,\n} from '../../domain/access.ts'",
      'may not import systemContext from',
    ],
    ['http/routing/x.ts', "import { actAs } from '../../domain/access.ts'", 'may not import actAs from domain/access.ts'],
    ['domain/rsvps/x.ts', "import { operatorContext } from '../access.ts'", 'may not import operatorContext from domain/access.ts'],
    ['domain/rsvps/x.ts', "import * as access from '../access.ts'", 'may not import * from domain/access.ts'],
    ['domain/rsvps/x.ts', "export { systemContext } from '../access.ts'", 'may not pass on what domain/access.ts exports'],
    ['domain/rsvps/x.ts', "const access = await import('../access.ts')", 'may not pass on what domain/access.ts exports'],
    ['domain/rsvps/x.ts', 'const admin = context as AdminContext', 'asserts a type'],
    ['domain/rsvps/x.ts', 'const admin: AdminContext = context as never', 'asserts a type'],
    ['domain/rsvps/x.ts', 'const isAdmin = (context: Context): context is AdminContext => true', 'asserts a type'],
    ['domain/rsvps/x.ts', 'const other: MemberContext = { ...context, actor }', 'replaces the actor'],
    ['domain/rsvps/x.ts', 'const other: MemberContext = { ...context, actor: { ...context.actor, account } }', 'replaces the actor'],
  ])('%s may not contain: %s', (file, source, message) => {
    expect(forgeries({ file, source }).join()).toContain(`${file} ${message}`)
  })

  test('every verb that changes data takes a narrowed context, or is on the list', () => {
    expect(writeVerbs(files).length).toBeGreaterThan(50)
    expect(openWriteVerbs(files).sort()).toEqual(Object.keys(OPEN_WRITE_VERBS).sort())
  })

  const STORE_IMPORT = "import { deleteRsvp as drop } from '../../store/rsvps.ts'\n"

  test.each([
    ['takes any context', `${STORE_IMPORT}export const x = async (context: Context, id: string) => drop(context.store, id)`],
    ['is a function declaration', `${STORE_IMPORT}export async function x<T>(context: Context, id: T) { await drop(context.store, id) }`],
    ['takes only parts', `${STORE_IMPORT}export const x = ({ store }: Pick<Context, 'store'>, id: string) => drop(store, id)`],
    [
      'names its own type',
      `${STORE_IMPORT}type MemberContext = Context\nexport const x = (context: MemberContext) => drop(context.store, '')`,
    ],
    ['accepts any context as well', `${STORE_IMPORT}export const x = (context: MemberContext | Context) => drop(context.store, '')`],
    [
      'uses its own helper',
      `${STORE_IMPORT}const help = (store: Store) => drop(store, '')\nexport const x = (context: Context) => help(context.store)`,
    ],
    ['is in a table', `${STORE_IMPORT}export const x: Record<string, Verb> = { drop: (context) => drop(context.store, '') }`],
    [
      'calls another verb',
      "import { eraseAccount } from '../accounts/erase.ts'\nexport const x = (context: Context) => eraseAccount(context, '')",
    ],
    [
      'imports all',
      "import * as rsvps from '../../store/rsvps.ts'\nexport const x = (context: Context) => rsvps.deleteRsvp(context.store, '')",
    ],
    ['calls an object', 'export const x = (context: Context, id: number) => context.support.room(id).erase()'],
  ])('a verb is found that changes data and %s', (_description, source) => {
    expect(openWriteVerbs(planted('domain/rsvps/x.ts', source))).toContain('domain/rsvps/x.ts x')
  })

  test('a verb that reads may take any context', () => {
    const source =
      "import { findPlan } from '../../store/plans.ts'\nexport const x = (context: Context) => findPlan(context.store, '', reader)"
    expect(openWriteVerbs(planted('domain/rsvps/x.ts', source))).not.toContain('domain/rsvps/x.ts x')
  })
})

/** The groups of nodes that import each other in a circle. */
const circlesIn = (graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] => {
  const reachableFrom = (start: string): Set<string> => {
    const seen = new Set<string>()
    const waiting = [...(graph.get(start) ?? [])]
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (seen.has(node)) continue
      seen.add(node)
      waiting.push(...(graph.get(node) ?? []))
    }
    return seen
  }
  const inCircle = [...graph.keys()].filter((node) => reachableFrom(node).has(node))
  const groups = new Map(
    inCircle.map((node) => [
      inCircle
        .filter((other) => reachableFrom(node).has(other))
        .sort()
        .join(' '),
      node,
    ]),
  )
  return [...groups.keys()].map((group) => group.split(' ')).filter((group) => group.length > 1)
}

const graphOf = (sourceFiles: readonly SourceFile[], nodeOf: (file: string) => string): Map<string, Set<string>> => {
  const graph = new Map<string, Set<string>>()
  for (const { file, source } of sourceFiles) {
    const imported = importsOf(source).filter((specifier) => specifier.startsWith('.'))
    const targets = imported.map((specifier) => nodeOf(resolved(file, specifier))).filter((target) => target !== nodeOf(file))
    graph.set(nodeOf(file), new Set([...(graph.get(nodeOf(file)) ?? []), ...targets]))
  }
  return graph
}

/** A file beside the folders (index.ts, app.ts) is a node of its own. */
const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : file)

describe('imports', () => {
  test('form no circle of files', () => {
    expect(circlesIn(graphOf(files, (file) => file))).toEqual([])
  })

  test('form no circle of folders', () => {
    expect(circlesIn(graphOf(files, folderOf))).toEqual([])
  })

  test('a planted circle is found', () => {
    const planted = [
      { file: 'a/one.ts', source: "import { two } from '../b/two.ts'" },
      { file: 'b/two.ts', source: "import { three } from '../c/three.ts'" },
      { file: 'c/three.ts', source: "import { one } from '../a/other.ts'" },
    ]
    expect(circlesIn(graphOf(planted, (file) => file))).toEqual([])
    expect(circlesIn(graphOf(planted, folderOf))).toEqual([['a', 'b', 'c']])
  })
})

/** Tests that belong to no single file or folder of the sources. */
const CROSS_CUTTING = /^(architecture\.test\.ts|(bench|browser|client|commands|contract|cost|crash|docs|schema|simulation)\/)/

/** A test has the path of the file that it tests, or of a folder for all files in it. */
const withoutSource = (testFiles: readonly string[], sourceFiles: readonly string[]): string[] =>
  testFiles.filter((test) => {
    const path = test.replace(/\.test\.ts$/, '')
    return !CROSS_CUTTING.test(test) && !sourceFiles.some((file) => file === `${path}.ts` || file.startsWith(`${path}/`))
  })

describe('the tests mirror the sources', () => {
  test('each test file has the path of a source file or folder', () => {
    const testFiles = Object.keys(import.meta.glob('./**/*.test.ts')).map((path) => path.slice('./'.length))
    expect(testFiles.length).toBeGreaterThan(50)
    expect(
      withoutSource(
        testFiles,
        files.map(({ file }) => file),
      ),
    ).toEqual([])
  })

  test('a planted test without a source is found', () => {
    const tests = ['a/one.test.ts', 'a.test.ts', 'a/two.test.ts', 'b.test.ts', 'cost/three.test.ts']
    expect(withoutSource(tests, ['a/one.ts'])).toEqual(['a/two.test.ts', 'b.test.ts'])
  })
})
