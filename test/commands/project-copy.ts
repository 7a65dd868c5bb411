import { execFileSync, spawn } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asCloned } from './cloned-toml.ts'
import { createState } from './run.ts'
import type { Account } from './wrangler-stand-in.ts'

/** A copy of the project that may be set up and deployed: with its own wrangler.toml, its own git, and a stand-in for wrangler. */

const root = join(import.meta.dirname, '../..')

export const EMPTY_ACCOUNT: Account = {
  loggedIn: true,
  accounts: [{ id: '0a', name: 'Concord' }],
  databases: {},
  namespaces: {},
  buckets: [],
  secrets: {},
  targets: [],
  dump: '',
  calls: [],
  failingCall: null,
  failsLate: false,
}

interface Result {
  readonly code: number
  readonly out: string
  /** The calls of wrangler in this run. */
  readonly calls: readonly string[]
}

export interface ProjectCopy {
  readonly account: () => Account
  /** Changes the account, as if by another person. */
  readonly change: (changes: Partial<Account>) => void
  readonly toml: () => string
  readonly write: (file: string, content: string) => void
  readonly commit: () => void
  readonly reset: () => void
  /** Runs a script of package.json. The answer to a question is the one whose key is a part of it. */
  readonly run: (
    script: 'setup' | 'deploy' | 'backup',
    args: readonly string[],
    answers?: Readonly<Record<string, string>>,
  ) => Promise<Result>
  readonly remove: () => void
}

export const copyProject = (initial: Partial<Account> = {}): ProjectCopy => {
  const state = createState()
  const accountState = createState()
  const path = (name: string): string => join(state.folder, name)
  const accountFile = join(accountState.folder, 'account.json')
  const account = (): Account => JSON.parse(readFileSync(accountFile, 'utf8'))
  const change = (changes: Partial<Account>): void => writeFileSync(accountFile, JSON.stringify({ ...account(), ...changes }))
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: state.folder })
  const commit = (): void => {
    git('add', '-A')
    git('commit', '--quiet', '--allow-empty', '-m', 'a commit')
  }
  for (const folder of ['src', 'migrations']) cpSync(join(root, folder), path(folder), { recursive: true })
  writeFileSync(path('wrangler.toml'), asCloned(readFileSync(join(root, 'wrangler.toml'), 'utf8')))
  cpSync(join(root, 'package.json'), path('package.json'))
  symlinkSync(join(root, 'node_modules'), path('node_modules'))
  writeFileSync(path('.gitignore'), 'node_modules\n.wrangler/\n')
  git('init', '--quiet')
  commit()
  const reset = (): void => {
    writeFileSync(accountFile, JSON.stringify({ ...EMPTY_ACCOUNT, ...initial }))
    git('reset', '--quiet', '--hard')
    git('clean', '-fdq')
  }
  reset()
  return {
    account,
    change,
    reset,
    commit,
    toml: () => readFileSync(path('wrangler.toml'), 'utf8'),
    write: (file, content) => writeFileSync(path(file), content),
    run: async (script, args, answers = {}) => {
      change({ calls: [] })
      const child = spawn(
        process.execPath,
        ['-r', path('src/cli/preflight.cjs'), path(`src/cli/${script === 'backup' ? 'backup' : 'deploy'}/${script}.ts`), ...args],
        {
          cwd: state.folder,
          env: {
            ...process.env,
            CONCORD_WRANGLER: join(import.meta.dirname, 'wrangler-stand-in.ts'),
            STAND_IN_ACCOUNT: accountFile,
            NODE_COMPILE_CACHE: join(root, '.wrangler/compile-cache'),
            CLOUDFLARE_ACCOUNT_ID: '',
          },
        },
      )
      let out = ''
      let line = ''
      child.stderr.on('data', (chunk) => (out += chunk))
      child.stdout.on('data', (chunk) => {
        out += chunk
        const lines = `${line}${chunk}`.split('\n')
        line = lines.pop() ?? ''
        for (const question of lines) {
          const answer = Object.entries(answers).find(([part]) => question.includes(part) && /(?::|\[y\/N\])$/.test(question.trim()))
          if (answer !== undefined) child.stdin.write(`${answer[1]}\n`)
        }
      })
      child.stdin.on('error', () => undefined)
      if (Object.keys(answers).length === 0) child.stdin.end()
      const code = await new Promise<number>((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (exitCode) => resolve(exitCode ?? 1))
      })
      return { code, out, calls: account().calls }
    },
    remove: () => {
      state.remove()
      accountState.remove()
    },
  }
}

/** The calls that change something at Cloudflare. */
export const changesIn = (calls: readonly string[]): string[] =>
  calls.filter((call) => !/^(?:whoami|d1 list|kv namespace list|r2 bucket list|secret list)(?: |$)/.test(call))
