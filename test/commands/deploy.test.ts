import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readEnvironment, settingsOf } from '../../src/cli/deploy/environment.ts'
import { originIn } from '../../src/cli/deploy/smoke-test.ts'
import { changesIn, copyProject } from './project-copy.ts'
import { listen } from './run.ts'
import { sharedServer } from './shared.ts'

/** `npm run deploy` against a stand-in for wrangler, which claims to have deployed to a server of the test. */

const PROVIDER = { EMAIL_FROM: 'help@example.org', EMAIL_API_KEY: 'a key' }
const SECRETS = { JWT_SECRET: 'x'.repeat(64), ...PROVIDER }

const project = copyProject()
const placeholders = project.toml()
const configured = placeholders
  .replace('workers_dev = false', 'workers_dev = true')
  .replaceAll(/"[12]{8}-[12-]{27}"/g, '"636f6e63-6f72-6463-6f6e-636f7264636f"')
  .replaceAll(/"[12]{32}"/g, '"636f6e636f72642d7265766f6b656463"')

beforeAll(() => {
  project.write('wrangler.toml', configured)
  project.commit()
})
beforeEach(() => {
  project.reset()
  project.change({ secrets: { concord: SECRETS, 'concord-staging': SECRETS } })
})
afterAll(() => project.remove())

const deploy = (args: readonly string[] = [], answers: Readonly<Record<string, string>> = {}) => project.run('deploy', args, answers)

const MIGRATE = 'd1 migrations apply DB --remote --env production'
const DEPLOY = 'deploy --env production --minify'

describe('nothing is deployed', () => {
  test('with placeholders, without an address and with changes: a sentence for each, and no call', async () => {
    project.write('wrangler.toml', placeholders)
    const { code, out, calls } = await deploy()
    expect({ code, calls }).toEqual({ code: 1, calls: [] })
    expect(
      out,
    ).toBe(`wrangler.toml has placeholders for the ids of the D1 database and the KV namespace of production: run \`npm run setup -- production\`.
No request could reach production: wrangler.toml names neither a route nor workers_dev. Run \`npm run setup -- production\`.
There are changes without a commit: wrangler.toml.
Not deployed.
`)
  })

  test('with a new file that has no commit', async () => {
    project.write('src/new.ts', '')
    const { code, out, calls } = await deploy()
    expect({ code, out, calls }).toEqual({ code: 1, out: 'There are changes without a commit: src/new.ts.\nNot deployed.\n', calls: [] })
  })

  test('without a log-in: one sentence', async () => {
    project.change({ loggedIn: false })
    const { code, out, calls } = await deploy()
    expect(code).toBe(1)
    expect(out).toBe('You are not logged in to Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN. Nothing was changed.\n')
    expect(changesIn(calls)).toEqual([])
  })

  test.each([
    ['no Worker', {}],
    ['no JWT_SECRET', { concord: PROVIDER }],
  ])('with %s', async (_what, secrets) => {
    project.change({ secrets })
    const { code, out, calls } = await deploy()
    expect(code).toBe(1)
    expect(out).toBe('The Worker "concord" has no JWT_SECRET: run `npm run setup -- production`.\nNot deployed.\n')
    expect(changesIn(calls)).toEqual([])
  })

  test('with a part of the settings of a provider', async () => {
    project.change({ secrets: { concord: { ...SECRETS, SMS_FROM: '+15005550006' } } })
    const { code, out, calls } = await deploy()
    expect(code).toBe(1)
    expect(out).toContain('SMS_ACCOUNT_SID, SMS_AUTH_TOKEN and SMS_FROM must be set together')
    expect(changesIn(calls)).toEqual([])
  })

  test.each([
    ['no', { 'Deploy anyway?': 'n' }],
    ['nothing', {}],
  ])('without a provider, after a question; the answer is %s', async (_what, answers) => {
    project.change({ secrets: { concord: { JWT_SECRET: SECRETS.JWT_SECRET } } })
    const { code, out, calls } = await deploy([], answers)
    expect(out).toContain('Production has no e-mail or SMS provider')
    expect(out).toContain('Deploy anyway?')
    expect(out.trim().endsWith('Not deployed.')).toBe(true)
    expect(code).toBe(1)
    expect(changesIn(calls)).toEqual([])
  })

  test('by --help', async () => {
    const { code, calls } = await project.runProcess('deploy', ['--help'])
    expect({ code, calls }).toEqual({ code: 0, calls: [] })
  })

  test('by --dry-run, which names the commands', async () => {
    const { code, out, calls } = await deploy(['--dry-run'])
    expect(code).toBe(0)
    expect(out).toBe(`These commands would run:\n  wrangler ${MIGRATE}\n  wrangler ${DEPLOY}\nThis was a dry run: nothing was changed.\n`)
    expect(changesIn(calls)).toEqual([])
  })

  test.each<[args: readonly string[], sentence: string]>([
    [['productoin'], 'There is no environment "productoin". The environments are production and staging.'],
    [['--env', 'staging'], '--env is not possible here: name the environment, as in `npm run deploy -- staging`.'],
    [['staging', '--name=other'], '--name=other is not possible here'],
    [['--wait', 'long'], '--wait takes a number of seconds.'],
  ])('by the arguments %j', async (args, sentence) => {
    const { code, out, calls } = await deploy(args)
    expect({ code, calls }).toEqual({ code: 1, calls: [] })
    expect(out).toContain(sentence)
  })
})

/** Calls 0 and 1 are the log-in and the list of secrets. */
test.each([
  [0, 'You are not logged in to Cloudflare', []],
  [1, '`wrangler secret list` failed: A request to the Cloudflare API failed.', []],
  [2, 'The migration failed, and nothing was deployed: the old version still runs.', [MIGRATE]],
  [3, 'The database is migrated, but the Worker was not deployed: the old version still runs.', [MIGRATE, DEPLOY]],
])('call %i fails: it ends there with a sentence', async (failingCall, sentence, changes) => {
  project.change({ failingCall })
  const { code, out, calls } = await deploy()
  expect(code).toBe(1)
  expect(out).toContain(sentence)
  expect(changesIn(calls)).toEqual(changes)
})

describe('the deployed address', () => {
  let running: string
  let broken: Server | undefined

  beforeAll(async () => {
    running = await sharedServer()
  })
  afterEach(() => void broken?.close())

  const targets = (): string[] => ['schedule: 17 3 * * *', running]

  test('is tested with one request of each contract, and printed with the command for the first admin', async () => {
    project.change({ targets: targets() })
    const { code, out, calls } = await project.runProcess('deploy', ['--tag', 'v1'])
    expect(out).toContain(`mindharmony: /user/login/ rejects an unknown account
facility: /api/sessions/ rejects an unknown account
matrimony: /users/login/ rejects an unknown account
recovery: /api/v1/user/login/ rejects an unknown account
meetups: /api/token/ rejects an unknown account

Deployed and tested: ${running}
The first admin: npm run admin -- create <username> --email <address> --admin --staff --superuser --remote
`)
    expect(out).toContain('/health: ok\n/ready: ready\n')
    expect(code).toBe(0)
    expect(changesIn(calls)).toEqual([MIGRATE, `${DEPLOY} --tag v1`])
  })

  test('of staging has the command for its own first admin', async () => {
    project.change({ targets: targets() })
    const { code, out, calls } = await deploy(['staging'])
    expect(code).toBe(0)
    expect(out).toContain('--superuser --remote --env staging\n')
    expect(changesIn(calls)).toEqual(['d1 migrations apply DB --remote --env staging', 'deploy --env staging --minify'])
  })

  /** Answers like the running server, except at one path. */
  const breakAt = async (path: string, status: number, body?: object): Promise<string> => {
    const server = createServer(async (request, response) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of request) chunks.push(chunk)
      const real = await fetch(`${running}${request.url}`, {
        method: request.method ?? 'GET',
        headers: { 'Content-Type': 'application/json' },
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      })
      const isBroken = request.url === path
      const text = await real.text()
      response.writeHead(isBroken ? status : real.status).end(isBroken && body ? JSON.stringify(body) : text)
    })
    broken = server
    return await listen(server)
  }

  test.each([
    ['/health', 503, 'responds with 503.'],
    ['/ready', 404, 'responds with 404.'],
    ['/user/login/', 404, '(mindharmony) responds with 404, and not with 400 and the field "error".'],
    ['/api/sessions/', 500, '(facility) responds with 500, and not with 401 and the field "detail".'],
    ['/users/login/', 500, '(matrimony) responds with 500, and not with 401 and the field "error".'],
    ['/api/v1/user/login/', 500, '(recovery) responds with 500, and not with 401 and the field "error".'],
    ['/api/token/', 500, '(meetups) responds with 500, and not with 401 and the field "detail".'],
  ])('fails at %s with %i: the sentence names it, and the way back', async (path, status, sentence) => {
    const origin = await breakAt(path, status, path === '/ready' ? {} : undefined)
    project.change({ targets: [origin] })
    const { code, out } = await deploy(['--wait', '0'])
    expect(code).toBe(1)
    expect(out).toContain(
      `Deployed, but ${origin}${path} ${sentence} \`npx wrangler rollback --env production\` brings back the version before.`,
    )
    expect(out).not.toContain('The first admin')
  })

  test('fails if a service that it uses does not work', async () => {
    const checks = { database: 'ok', revocations: 'failed', pictures: 'failed', alarms: 'late' }
    const origin = await breakAt('/ready', 503, { status: 'not ready', checks })
    project.change({ targets: [origin] })
    const { code, out } = await deploy(['--wait', '0'])
    expect(code).toBe(1)
    expect(out).toContain(`Deployed, but ${origin}/ready reports that this does not work: revocations, pictures.`)
  })

  test('reports what is late, such as crons that have never run', async () => {
    const origin = await breakAt('/ready', 503, { status: 'not ready', checks: { database: 'ok', sweep: 'late', alarms: 'late' } })
    project.change({ targets: [origin] })
    const { code, out } = await deploy(['--wait', '0'])
    expect(out).toContain('/ready: works, but this is late: sweep, alarms\n')
    expect(code).toBe(0)
  })

  test.each([
    [['http://127.0.0.1:1'], 'Deployed, but http://127.0.0.1:1/health does not respond.'],
    [[], 'Deployed, but wrangler named no address that could be tested.'],
  ])('does not respond: %j', async (unreachable, sentence) => {
    project.change({ targets: unreachable })
    const { code, out } = await deploy(['--wait', '0'])
    expect(code).toBe(1)
    expect(out).toContain(sentence)
  })
})

test.each([
  ['https://concord.example.workers.dev', 'https://concord.example.workers.dev'],
  ['api.example.org (custom domain)', 'https://api.example.org'],
  ['api.example.org/*', 'https://api.example.org'],
  ['api.example.org/* (zone name: example.org)', 'https://api.example.org'],
  ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
  ['*.example.org/*', null],
  ['example.org/api/*', null],
  ['schedule: 17 3 * * *', null],
  ['Consumer for jobs', null],
])('wrangler deployed to %j: the address is %j', (target, origin) => {
  expect(originIn(target)).toBe(origin)
})

test.each([
  [[], []],
  [['JWT_SECRET'], []],
  [['EMAIL_FROM', 'EMAIL_API_KEY'], ['email']],
  [['SMS_ACCOUNT_SID', 'SMS_AUTH_TOKEN', 'SMS_FROM'], ['sms']],
  [['ALARM_WEBHOOK_URL', 'ALARM_WEBHOOK_SECRET'], []],
])('the secrets %j: production has the channels %j', (secrets, channels) => {
  expect(settingsOf(readEnvironment(join(import.meta.dirname, '../..'), 'production'), secrets).alarm.channels).toEqual(channels)
})

test('any setting may be a secret, whose value cannot be read: its form is not in question', () => {
  const source = readFileSync(join(import.meta.dirname, '../../src/env.ts'), 'utf8')
  const names = [...source.matchAll(/^ {6}([A-Z][A-Z0-9_]+):/gm)].map(([, name = '']) => name)
  expect(names).toEqual(expect.arrayContaining(['VAPID_PRIVATE_KEY', 'PUBLIC_URL', 'ESCALATION', 'SUPPORT_HOURS']))
  expect(settingsOf({ name: 'production', vars: {} }, names).alarm.channels).toEqual(['email', 'sms'])
})
