import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { ContractName } from '../../../model/contract.ts'
import { recogniseOriginal } from '../inspect/original.ts'
import { OmissionCounts } from '../inspect/reasons.ts'
import { facility } from '../models/facility.ts'
import type { ModelDefinition } from '../models/model.ts'
import { chatSession } from '../models/recovery.ts'
import { CONTRACT_ROWS } from '../rows/contracts.ts'
import type { SourceItem } from '../source/intake.ts'
import { openSource, type Source } from '../source/source.ts'
import { sideFilesOf } from '../source/sqlite-file.ts'
import { Staging } from '../staging/staging.ts'

/** Reads a source from its beginning to its end into the temporary database. */

export interface Loaded {
  readonly source: Source
  readonly staging: Staging
  readonly contract: ContractName
  readonly version: string
  /** Rows that cannot be read: reported one by one. */
  readonly unreadable: readonly Extract<SourceItem, { type: 'unreadable' }>[]
  /** Of tables that nothing reads. */
  readonly unread: ReadonlyMap<string, number>
  /** What is not imported of rows that are. */
  readonly omissions: OmissionCounts
}

/** Of the files' content: a plan belongs to the source that it was made of. */
export const digestOfSource = async ({ files }: Source): Promise<string> => {
  const hash = createHash('sha256')
  for (const { path } of files) {
    for (const file of [path, ...sideFilesOf(path)]) {
      const content = createHash('sha256')
      await pipeline(createReadStream(file), content)
      hash.update(content.digest())
    }
  }
  return hash.digest('hex')
}

/** When an account was made, so that of two names the older one is kept. */
const joinedAt = (fields: Readonly<Record<string, unknown>>): number =>
  fields.date_joined instanceof Date ? fields.date_joined.getTime() : 0

const SORTS = new Map(
  Object.values(CONTRACT_ROWS).flatMap(({ before, after }) => [...before, ...after].map((phase) => [phase.model, phase.sort])),
)

/** Rows that are not moved themselves, but that the rules for others look at. */
const LOOKED_UP: ReadonlySet<ModelDefinition> = new Set([chatSession, facility])

const isRead = (model: ModelDefinition): boolean => model.isAccount || SORTS.has(model) || LOOKED_UP.has(model)

export const load = async (path: string, named: ContractName | null, onRows: (rows: number) => void = () => undefined): Promise<Loaded> => {
  const source = await openSource(path)
  const staging = new Staging()
  try {
    const unreadable: Extract<SourceItem, { type: 'unreadable' }>[] = []
    const unread = new Map<string, number>()
    const omissions = new OmissionCounts()
    let hasObjectIds = source.form === 'mongo'
    for await (const items of source.items()) {
      for (const item of items) {
        if (item.type === 'table' && item.model) staging.see(item.model)
        if (item.type === 'unreadable') unreadable.push(item)
        if (item.type === 'unread') unread.set(item.name, (unread.get(item.name) ?? 0) + item.rows)
        if (item.type === 'next-key') staging.nextKeys.set(item.model.name, item.next)
        if (item.type !== 'record') continue
        const { record } = item
        const { model, key, fields } = record
        omissions.add(record)
        if (model.isAccount && typeof key === 'string' && /^[0-9a-f]{24}$/.test(key)) hasObjectIds = true
        if (isRead(model)) staging.add(record, model.isAccount ? joinedAt(fields) : (SORTS.get(model)?.(record) ?? 0))
        else staging.count(model)
      }
      onRows(items.length)
    }
    const { contract, version } = recogniseOriginal(new Set(staging.counts.keys()), hasObjectIds, named)
    return { source, staging, contract, version, unreadable, unread, omissions }
  } catch (error) {
    staging.close()
    throw error
  }
}
