import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './replace-file.ts'

/** Digests of contents, by the path in the project. */
export type Digests = Readonly<Record<string, string>>

export const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('base64url')

/** What the assets are made from. npm writes the last file: it lists the installed version of each package. */
const SOURCES = [
  'src',
  'packages/client/src',
  'packages/client/package.json',
  'package.json',
  'tsconfig.json',
  'node_modules/.package-lock.json',
] as const

/** The generated client is made from src, and no page uses it. */
const NO_SOURCE = 'packages/client/src/generated'

/** Beside the assets and not among them: those are public. */
const RECORD = 'dist/assets-built.json'

interface Built {
  readonly sources: string
  readonly assets: Digests
}

const filesIn = (root: string, path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    const inside = `${path}/${entry.name}`
    if (inside === NO_SOURCE) return []
    return entry.isDirectory() ? filesIn(root, inside) : [inside]
  })

/** One digest of all that the assets are made from; null if npm has not recorded what is installed. */
const digestOfSources = (root: string, nodeVersion: string): string | null => {
  if (!SOURCES.every((source) => existsSync(join(root, source)))) return null
  const hash = createHash('sha256').update(nodeVersion)
  const files = SOURCES.flatMap((source) => (/\.json$/.test(source) ? [source] : filesIn(root, source))).sort()
  for (const file of files) {
    const content = readFileSync(join(root, file))
    hash.update(JSON.stringify([file, content.length])).update(content)
  }
  return hash.digest('base64url')
}

const readRecord = (root: string): Built | null => {
  try {
    const record: Partial<Built> = JSON.parse(readFileSync(join(root, RECORD), 'utf8'))
    return record.sources !== undefined && record.assets ? { sources: record.sources, assets: record.assets } : null
  } catch {
    return null // There is none yet, or it is damaged.
  }
}

const isUnchanged = (root: string, file: string, digest: string): boolean => {
  const path = join(root, file)
  return existsSync(path) && digestOf(readFileSync(path)) === digest
}

/**
 * Calls `write` unless the assets are there, as it wrote them from the same sources with the same packages and the same Node. Each
 * `npm run dev` and `npm test` asks for the assets, and wrangler does with every build of the Worker: building them takes a second.
 */
export const buildIfChanged = async (root: string, write: () => Promise<Digests>, nodeVersion = process.version): Promise<void> => {
  // Read before they are used: sources that change meanwhile do not match the record.
  const sources = digestOfSources(root, nodeVersion)
  const record = readRecord(root)
  if (record && record.sources === sources && Object.entries(record.assets).every(([file, digest]) => isUnchanged(root, file, digest)))
    return
  const assets = await write()
  if (sources !== null) replaceFile(join(root, RECORD), Buffer.from(JSON.stringify({ sources, assets })))
}
