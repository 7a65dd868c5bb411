import { execFileSync, spawn } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { vi } from 'vitest'
import { deploy } from '../../src/cli/deploy/deployment.ts'
import { setUp } from '../../src/cli/deploy/environment-setup.ts'
import type { Workspace } from '../../src/cli/deploy/workspace.ts'
import type { Terminal } from '../../src/cli/prompt.ts'
import { asCloned } from './cloned-toml.ts'
import { type Account, callWrangler, EMPTY_ACCOUNT } from './cloudflare-account.ts'
import { createState } from './run.ts'
import { runHere } from './terminal.ts'

/** A copy of the project that may be set up and deployed: with its own wrangler.toml, its own git, and a stand-in for wrangler. */

const root = join(import.meta.dirname, '../..')

interface Result {
  readonly code: number
  readonly out: string
  /** The calls of wrangler in this run. */
  readonly calls: readonly string[]
}

/** The answer to a question is the one whose key is a part of it. */
type Run<C> = (command: C, args: readonly string[], answers?: Readonly<Record<string, string>>) => Promise<Result>

const COMMANDS = { setup: setUp, deploy }

type Command = keyof typeof COMMANDS

/** Collects what a command prints, and answers its questions. */
const createPerson = (input: NodeJS.WritableStream, answers: Readonly<Record<string, string>>) => {
  let out = ''
  let line = ''
  // A command that fails closes its input.
  input.on('error', () => undefined)
  if (Object.keys(answers).length === 0) input.end()
  return {
    out: () => out,
    reads: (chunk: unknown): void => {
      out += chunk
      const lines = `${line}${chunk}`.split('\n')
      line = lines.pop() ?? ''
      for (const question of lines) {
        const answer = Object.entries(answers).find(([part]) => question.includes(part) && /(?::|\[y\/N\])$/.test(question.trim()))
        if (answer !== undefined) input.write(`${answer[1]}\n`)
      }
    },
  }
}

export interface ProjectCopy {
  readonly account: () => Account
  /** Changes the account, as if by another person. */
  readonly change: (changes: Partial<Account>) => void
  readonly toml: () => string
  readonly write: (file: string, content: string) => void
  readonly commit: () => void
  readonly reset: () => void
  /** Runs a command as `npm run` does: with a process for the command, and one for each call of wrangler. */
  readonly runProcess: Run<Command | 'backup'>
  /** Runs the function of a command in this process, which takes a hundredth of the time. */
  readonly run: Run<Command>
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
  vi.stubEnv('CLOUDFLARE_ACCOUNT_ID', '')
  return {
    account,
    change,
    reset,
    commit,
    toml: () => readFileSync(path('wrangler.toml'), 'utf8'),
    write: (file, content) => writeFileSync(path(file), content),
    runProcess: async (command, args, answers = {}) => {
      change({ calls: [] })
      const child = spawn(
        process.execPath,
        ['-r', path('src/cli/preflight.cjs'), path(`src/cli/${command === 'backup' ? command : 'deploy'}/${command}.ts`), ...args],
        {
          cwd: state.folder,
          env: {
            ...process.env,
            CONCORD_WRANGLER: join(import.meta.dirname, 'wrangler-stand-in.ts'),
            STAND_IN_ACCOUNT: accountFile,
            NODE_COMPILE_CACHE: join(root, '.wrangler/compile-cache'),
          },
        },
      )
      const person = createPerson(child.stdin, answers)
      child.stdout.on('data', person.reads)
      child.stderr.on('data', person.reads)
      const code = await new Promise<number>((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (exitCode) => resolve(exitCode ?? 1))
      })
      return { code, out: person.out(), calls: account().calls }
    },
    run: async (command, args, answers = {}) => {
      change({ calls: [] })
      const input = new PassThrough()
      const person = createPerson(input, answers)
      const call = (wranglerArgs: readonly string[], secret: string, outputFile?: string) => {
        const called = account()
        const result = callWrangler(called, wranglerArgs, secret, outputFile)
        change(called)
        return result
      }
      const workspaceAt = (terminal: Terminal): Workspace => ({
        folder: state.folder,
        terminal,
        captureWrangler: async (wranglerArgs, secret = '') => {
          const { code, stdout, stderr } = call(wranglerArgs, secret)
          return { code, stdout: stripVTControlCharacters(stdout), stderr: stripVTControlCharacters(stderr) }
        },
        runWrangler: async (wranglerArgs, environment = {}) => {
          const { code, stdout, stderr } = call(wranglerArgs, '', environment.WRANGLER_OUTPUT_FILE_PATH)
          terminal.output.write(`${stdout}\n${stderr}\n`)
          return code
        },
      })
      const code = await runHere((terminal) => COMMANDS[command](args, workspaceAt(terminal)), input, person.reads)
      return { code, out: person.out(), calls: account().calls }
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
