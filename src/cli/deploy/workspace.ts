import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { type Terminal, terminal } from '../prompt.ts'
import { root, wrangler, wranglerCommand } from '../wrangler.ts'

export interface Output {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What a deployment works with. Most tests have one in their own process: it reaches no Cloudflare, and starts no program. */
export interface Workspace {
  /** The folder of wrangler.toml, under version control. */
  readonly folder: string
  readonly terminal: Terminal
  /** Runs wrangler without a terminal, so that it asks nothing. */
  captureWrangler(args: readonly string[], input?: string): Promise<Output>
  /** Runs wrangler at this terminal and resolves with its exit code. */
  runWrangler(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<number>
}

export const print = ({ terminal: { output } }: Workspace, text: string): void => void output.write(`${text}\n`)

const captureWrangler = (args: readonly string[], input = ''): Promise<Output> =>
  new Promise((resolve, reject) => {
    const { command, args: all, options } = wranglerCommand(args)
    const child = spawn(command, all, options)
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => (output.stdout += chunk))
    child.stderr.on('data', (chunk) => (output.stderr += chunk))
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({ code: code ?? 1, stdout: stripVTControlCharacters(output.stdout), stderr: stripVTControlCharacters(output.stderr) }),
    )
    // A command that ends early closes its input.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })

/** This project, at the terminal of this process. */
export const ownWorkspace: Workspace = { folder: root, terminal, captureWrangler, runWrangler: wrangler }
