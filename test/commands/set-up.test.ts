import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { asCloned, idsIn } from './cloned-toml.ts'
import { EMPTY_ACCOUNT } from './cloudflare-account.ts'
import { changesIn, copyProject } from './project-copy.ts'

/** `npm run setup` against a stand-in for wrangler: from nothing, from every state in between, and when all is done. */

const ANSWERS = {
  "The clients' origins": 'https://app.example.org, https://meet.example.org',
  'The domain of the service': 'api.example.org',
  'E-mail: the sender address': 'help@example.org',
  'E-mail: the key': 'a key of the e-mail API',
  'SMS: the account': '',
  'Webhook: its URL': '',
  'Go ahead?': 'y',
}

const project = copyProject()
const original = project.toml()

afterAll(() => project.remove())
beforeEach(() => project.reset())

const setUp = (answers: Readonly<Record<string, string>> = ANSWERS, ...args: readonly string[]) =>
  project.run('setup', ['production', ...args], answers)

/** The lines of wrangler.toml that are not in the original, and those of the original that are gone. */
const changedLines = () => {
  const [before, after] = [original.split('\n'), project.toml().split('\n')]
  const isMissingIn = (lines: readonly string[]) => (line: string) => !lines.includes(line)
  return { added: after.filter(isMissingIn(before)), removed: before.filter(isMissingIn(after)) }
}

const DONE = {
  databases: { concord: '636f6e63-6f72-6463-6f6e-636f7264636f' },
  namespaces: { 'concord-revoked': '636f6e636f72642d7265766f6b656463' },
  buckets: ['concord-media'],
}

/** Everything is there, once, and wrangler.toml names it. */
const expectDone = (): void => {
  const { databases, namespaces, buckets, secrets } = project.account()
  expect({ databases, namespaces, buckets }).toEqual(DONE)
  expect(secrets.concord).toEqual({
    JWT_SECRET: expect.stringMatching(/^[\w-]{64}$/),
    EMAIL_FROM: 'help@example.org',
    EMAIL_API_KEY: 'a key of the e-mail API',
  })
  expect(changedLines()).toEqual({
    added: [
      'routes = [{ pattern = "api.example.org", custom_domain = true }]',
      'PUBLIC_URL = "https://api.example.org"',
      'ALLOWED_ORIGINS = "https://app.example.org,https://meet.example.org"',
      `database_id = "${DONE.databases.concord}"`,
      `id = "${DONE.namespaces['concord-revoked']}"`,
    ],
    removed: ['database_id = "11111111-1111-1111-1111-111111111111"', 'id = "11111111111111111111111111111111"'],
  })
}

test('without any resources: prints the steps, executes them, and shows no secret', async () => {
  const { code, out, calls } = await project.runProcess('setup', ['production'], ANSWERS)
  expect(out).toContain(`This will be done:
  1. Create the D1 database "concord", and write its id into wrangler.toml.
  2. Create the KV namespace "concord-revoked", and write its id into wrangler.toml.
  3. Create the R2 bucket "concord-media".
  4. Create a random JWT_SECRET, and store it as a secret of the Worker. It is shown nowhere.
  5. Write ALLOWED_ORIGINS = "https://app.example.org,https://meet.example.org" into wrangler.toml.
  6. Write PUBLIC_URL = "https://api.example.org" into wrangler.toml.
  7. Write routes = [{ pattern = "api.example.org", custom_domain = true }] into wrangler.toml.
  8. Store EMAIL_FROM, EMAIL_API_KEY as secrets of the Worker.
`)
  expect(out).toContain('Next: run `npm run types`, commit what changed, then run `npm run deploy -- production`.')
  expect(code).toBe(0)
  expectDone()
  expect(changesIn(calls)).toEqual([
    'd1 create concord --location weur --update-config=false --env production',
    'kv namespace create concord-revoked --update-config=false --env production',
    'r2 bucket create concord-media --update-config=false --env production',
    'secret put JWT_SECRET --env production',
    'secret bulk --env production',
  ])
  const values = Object.values(project.account().secrets.concord ?? {}).filter((value) => value !== 'help@example.org')
  expect(values).toHaveLength(2)
  for (const value of values) expect(`${out}\n${calls.join('\n')}`).not.toContain(value)
})

/** The calls of a set-up from nothing. */
const CALLS = [
  'whoami',
  'secret list',
  'd1 list',
  'kv namespace list',
  'r2 bucket list',
  'd1 create',
  'd1 list',
  'kv namespace create',
  'kv namespace list',
  'r2 bucket create',
  'secret put',
  'secret bulk',
]
const failures = CALLS.flatMap((call, index) => [
  [call, index, false] as const,
  ...(/create|put|bulk/.test(call) ? [[call, index, true] as const] : []),
])

test.each(failures)('%s (call %i) fails, late: %s; the next run does the rest', async (call, index, failsLate) => {
  project.change({ failingCall: index, failsLate })
  const failed = await setUp()
  expect(failed.code).toBe(1)
  expect(failed.calls[index]).toMatch(new RegExp(`^${call}(?: |$)`))
  expect(failed.calls).toHaveLength(index + 1)
  if (call === 'whoami') expect(failed.out).toContain('You are not logged in to Cloudflare')
  else expect(failed.out).toMatch(new RegExp(`\`wrangler ${call}[^\`]*\` failed: A request to the Cloudflare API failed\\.`))
  if (changesIn(failed.calls).length > 0) expect(failed.out).toContain('`npm run setup -- production` goes on from there.')
  expect(failed.out).not.toMatch(/\n\s+at /)

  if (changesIn(failed.calls).length === 0) {
    // The next run would be one from nothing.
    const { databases, namespaces, buckets, secrets } = project.account()
    expect({ databases, namespaces, buckets, secrets }).toEqual({ databases: {}, namespaces: {}, buckets: [], secrets: {} })
    expect(project.toml()).toBe(original)
    return
  }
  const secret = project.account().secrets.concord?.JWT_SECRET
  project.change({ failingCall: null })
  const next = await setUp()
  expect(next.out).not.toContain('already exists')
  expect(next.code).toBe(0)
  expectDone()
  if (secret !== undefined) expect(project.account().secrets.concord?.JWT_SECRET).toBe(secret)
})

test('what exists is used; only the rest is created', async () => {
  project.change({ databases: DONE.databases, buckets: DONE.buckets, secrets: { concord: { JWT_SECRET: 'x'.repeat(64) } } })
  const { code, out, calls } = await setUp()
  expect(code).toBe(0)
  expect(out).toContain('1. Use the existing D1 database "concord", and write its id into wrangler.toml.')
  expect(changesIn(calls).map((call) => call.split(' --')[0])).toEqual(['kv namespace create concord-revoked', 'secret bulk'])
  expectDone()
})

test('a second run asks for no setting that exists, and changes nothing', async () => {
  await setUp()
  const [toml, account] = [project.toml(), project.account()]
  const { code, out, calls } = await setUp()
  expect(code).toBe(0)
  expect(out).toContain('Everything exists already: there is nothing to do.')
  expect(out).not.toMatch(/origins|The domain|E-mail|Go ahead/)
  expect(changesIn(calls)).toEqual([])
  expect(project.toml()).toBe(toml)
  expect({ ...project.account(), calls: [] }).toEqual({ ...account, calls: [] })
})

test.each(['production', 'staging'])('what it has written for %s is known to the tests, which pass in that checkout', async (name) => {
  const { code } = await project.run('setup', [name], ANSWERS)
  expect(code).toBe(0)
  expect(project.toml()).not.toBe(original)
  expect(asCloned(project.toml())).toBe(original)
  const ids = idsIn(project.toml())
  expect(new Set(ids).size).toBe(ids.length)
})

test('the database is created next to the region of the Worker', async () => {
  project.write('wrangler.toml', original.replace('region = "aws:eu-central-1"', 'region = "aws:us-west-2"'))
  expect((await setUp()).calls).toContain('d1 create concord --location wnam --update-config=false --env production')
  project.reset()
  project.write('wrangler.toml', original.replace('region = "aws:eu-central-1"', 'region = "gcp:me-west1"'))
  expect((await setUp()).calls).toContain('d1 create concord --update-config=false --env production')
})

test('staging has resources of its own, and its address at workers.dev', async () => {
  const { code } = await project.run('setup', ['staging'], { ...ANSWERS, "The clients' origins": '', 'E-mail: the sender address': '' })
  expect(code).toBe(0)
  expect(Object.keys(project.account().databases)).toEqual(['concord-staging'])
  expect(Object.keys(project.account().namespaces)).toEqual(['concord-staging-revoked'])
  expect(project.account().buckets).toEqual(['concord-staging-media'])
  expect(Object.keys(project.account().secrets['concord-staging'] ?? {})).toEqual(['JWT_SECRET'])
  expect(changedLines().removed).toEqual([
    'database_id = "22222222-2222-2222-2222-222222222222"',
    'id = "22222222222222222222222222222222"',
  ])
})

test('with a jurisdiction, the database and the bucket are created in it', async () => {
  project.write('wrangler.toml', original.replace('[env.production.vars]', '[env.production.vars]\nJURISDICTION = "eu"'))
  const { code, calls } = await setUp()
  expect(code).toBe(0)
  expect(calls).toContain('r2 bucket list --jurisdiction eu')
  expect(calls).toContain('d1 create concord --jurisdiction eu --update-config=false --env production')
  expect(calls).toContain('r2 bucket create concord-media --jurisdiction eu --update-config=false --env production')
  expect(project.toml()).toMatch(/\[\[env\.production\.r2_buckets\]\]\njurisdiction = "eu"\n/)
})

describe('nothing is changed', () => {
  const expectUnchanged = (calls: readonly string[]): void => {
    expect(changesIn(calls)).toEqual([])
    expect(project.toml()).toBe(original)
    expect({ ...project.account(), calls: [] }).toMatchObject({ databases: {}, namespaces: {}, buckets: [], secrets: {} })
  }

  test('by --help, which does not even look', async () => {
    const { code, out, calls } = await project.runProcess('setup', ['production', '--help'])
    expect({ code, calls }).toEqual({ code: 0, calls: [] })
    expect(out).toMatch(/^npm run setup -- <production\|staging>/)
    expectUnchanged(calls)
  })

  test('by --dry-run, which prints what would be done', async () => {
    const { code, out, calls } = await setUp({}, '--dry-run')
    expect(code).toBe(0)
    expect(out).toContain('1. Create the D1 database "concord", and write its id into wrangler.toml.')
    expect(out).toContain('This was a dry run: nothing was changed.')
    expectUnchanged(calls)
  })

  test('without a log-in: one sentence', async () => {
    project.change({ loggedIn: false })
    const { code, out, calls } = await setUp()
    expect(code).toBe(1)
    expect(out).toBe('You are not logged in to Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN. Nothing was changed.\n')
    expect(calls).toEqual(['whoami --json --env production'])
    expectUnchanged(calls)
  })

  test('with several accounts, of which none is chosen', async () => {
    project.change({ accounts: [...EMPTY_ACCOUNT.accounts, { id: '0b', name: 'Other' }] })
    const { code, out, calls } = await setUp()
    expect(code).toBe(1)
    expect(out).toContain('set CLOUDFLARE_ACCOUNT_ID to one of 0a (Concord), 0b (Other).')
    expectUnchanged(calls)
  })

  test.each<[sentence: string, answers: Readonly<Record<string, string>>]>([
    ['Nothing was changed.', { 'Go ahead?': 'n' }],
    ['"https://app.example.org/" is not an origin', { "The clients' origins": 'https://app.example.org/' }],
    ['"app.example.org" is not an origin', { "The clients' origins": 'https://a.example.org,app.example.org' }],
    ['"https://api.example.org" is not a domain', { 'The domain of the service': 'https://api.example.org' }],
    ['EMAIL_FROM needs EMAIL_API_KEY too.', { 'E-mail: the key': '' }],
    [
      'ALARM_WEBHOOK_URL requires an ALARM_WEBHOOK_SECRET of at least 16 characters',
      { 'Webhook: its URL': 'https://hook.example.org', 'Webhook: the secret': 'short' },
    ],
  ])('after an answer: %s', async (sentence, answers) => {
    const { code, out, calls } = await setUp({ ...ANSWERS, ...answers })
    expect(code).toBe(1)
    expect(out).toContain(sentence)
    expectUnchanged(calls)
  })

  test('if the answers end early', async () => {
    const { code, out, calls } = await project.runProcess('setup', ['production'])
    expect(code).toBe(1)
    expect(out.trim().endsWith('Nothing was changed.')).toBe(true)
    expectUnchanged(calls)
  })

  test.each<[args: readonly string[], sentence: string]>([
    [[], 'Name one environment.'],
    [['productoin'], 'There is no environment "productoin". The environments are production and staging.'],
    [['production', 'staging'], 'Name one environment.'],
    [['production', '--force'], '`npm run setup -- --help` lists the options.'],
  ])('by the arguments %j', async (args, sentence) => {
    const { code, out, calls } = await project.run('setup', args)
    expect({ code, calls }).toEqual({ code: 1, calls: [] })
    expect(out).toContain(sentence)
  })
})

test('ids of another account are never replaced', async () => {
  await setUp()
  const toml = project.toml()
  project.change({ ...EMPTY_ACCOUNT })
  const { code, out, calls } = await setUp()
  expect(code).toBe(1)
  expect(out).toContain('wrangler.toml names a D1 database for production that this Cloudflare account does not have')
  expect(changesIn(calls)).toEqual([])
  expect(project.toml()).toBe(toml)
})
