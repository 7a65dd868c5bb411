import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wranglerCommand } from '../../src/cli/wrangler.ts'

/** What would be uploaded, in KiB, as wrangler itself errorResponse. */
export const measureBundle = async (): Promise<{ readonly kib: number; readonly gzipKib: number }> => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-bundle-'))
  try {
    const { command, args, options } = wranglerCommand(['deploy', '--dry-run', '--minify', '--env', 'production', '--outdir', folder])
    // What is looked for is said on its ordinary level.
    const child = spawn(command, args, {
      ...options,
      env: { ...options.env, WRANGLER_LOG: 'log' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    for await (const chunk of child.stdout) said += chunk
    const [, kib, gzipKib] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(said) ?? []
    if (!kib || !gzipKib) throw new Error(`wrangler did not say how large the bundle is: ${said}`)
    return { kib: Number(kib), gzipKib: Number(gzipKib) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
