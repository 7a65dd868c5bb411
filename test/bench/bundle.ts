import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wranglerCommand } from '../../src/cli/wrangler.ts'

/** The size of the upload in KiB, as wrangler reports it. */
export const measureBundle = async (): Promise<{ readonly kib: number; readonly gzipKib: number }> => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-bundle-'))
  try {
    const { command, args, options } = wranglerCommand(['deploy', '--dry-run', '--minify', '--env', 'production', '--outdir', folder])
    // wrangler prints the size on its log level `log`.
    const child = spawn(command, args, {
      ...options,
      env: { ...options.env, WRANGLER_LOG: 'log' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    for await (const chunk of child.stdout) output += chunk
    const [, kib, gzipKib] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(output) ?? []
    if (!kib || !gzipKib) throw new Error(`wrangler did not report the size of the bundle: ${output}`)
    return { kib: Number(kib), gzipKib: Number(gzipKib) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
