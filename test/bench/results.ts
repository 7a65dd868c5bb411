import { readFileSync } from 'node:fs'
import { cpus, type } from 'node:os'
import { join } from 'node:path'
import type { measureAlarms } from './alarms.ts'
import type { measureBundle } from './bundle.ts'
import type { measureLogIns } from './log-ins.ts'
import type { CaseResult } from './measure.ts'
import type { measureRoom } from './room.ts'
import type { measureStart } from './start.ts'

/** All results of a run; `--json` prints them. Null: left out by `--only`. */
export interface Results {
  readonly about: { readonly date: string; readonly machine: string; readonly versions: string }
  /** A Worker that does nothing, for comparison. */
  readonly empty: readonly CaseResult[]
  readonly ours: readonly CaseResult[]
  /** D1 round trips and statements of one request, by case. */
  readonly d1: Readonly<Record<string, string>>
  readonly growth: readonly CaseResult[]
  readonly sizes: readonly [number, number]
  readonly alternatives: readonly CaseResult[]
  readonly chat: Awaited<ReturnType<typeof measureRoom>> | null
  readonly alarms: Awaited<ReturnType<typeof measureAlarms>> | null
  readonly logIns: Awaited<ReturnType<typeof measureLogIns>> | null
  readonly start: Awaited<ReturnType<typeof measureStart>> | null
  readonly bundle: Awaited<ReturnType<typeof measureBundle>> | null
}

const versionOf = (name: string): string => {
  const file = join(import.meta.dirname, '../../node_modules', name, 'package.json')
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'))
  return `${name} ${version}`
}

export const aboutThisRun = (): Results['about'] => {
  const [core] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${core?.model.trim() ?? 'an unknown processor'}, ${type()}, Node ${process.versions.node}`,
    versions: ['wrangler', 'workerd', 'hono', 'drizzle-orm'].map(versionOf).join(', '),
  }
}
