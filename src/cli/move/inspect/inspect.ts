import type { ContractName } from '../../../model/contract.ts'
import { session, token } from '../models/common.ts'
import { isOf, type ModelDefinition, nameOf, type RecordOf, type SourceRecord } from '../models/model.ts'
import { ORIGINALS } from '../models/originals.ts'
import type { SourceItem } from '../source/intake.ts'
import { openSource, type Source } from '../source/source.ts'
import type { Findings, UnreadableRows } from './findings.ts'
import { recogniseOriginal } from './original.ts'
import { passwordKind } from './password-kinds.ts'
import { OmissionCounts, reasonForModel, reasonForUnread } from './reasons.ts'
import { type BrokenReferences, References } from './references.ts'
import { accountOfSession } from './sessions.ts'
import { UploadList, type Uploads, uploadsRoot } from './uploads.ts'

/** `npm run move -- inspect`: reads a source once, from its beginning to its end, and counts. */

export interface InspectOptions {
  readonly path: string
  /** Where the uploads are, if not beside the database. */
  readonly media: string | undefined
  /** The original, if the source does not show it. */
  readonly contract: ContractName | null
  readonly now: number
}

const FORMS: Readonly<Record<Source['form'], string>> = {
  sqlite: 'SQLite file',
  'pg-dump': 'plain pg_dump',
  dumpdata: 'dumpdata',
  mongo: 'collections of MongoDB',
}

const MAX_EXAMPLES = 5

const increment = (counts: Map<string, number>, name: string, by = 1): void => {
  counts.set(name, (counts.get(name) ?? 0) + by)
}

/** Upload folders of all originals: the lists are made before it is known which one this is. */
const UPLOAD_FIELDS: Readonly<Record<string, string>> = {
  'user.userprofile': 'profile_picture',
  'app_userprofile.userprofile': 'Profile_img',
}

class Counts {
  readonly rows = new Map<ModelDefinition, number>()
  readonly unread = new Map<string, number>()
  readonly unknownColumns: { model: string; columns: readonly string[] }[] = []
  readonly unreadable = new Map<string, UnreadableRows>()
  readonly passwords = new Map<string, { accounts: number; fails: string | null }>()
  readonly nextIds = new Map<string, number>()
  readonly omissions = new OmissionCounts()
  inactive = 0
  withFlags = 0
  expiredSessions = 0
  hasObjectIds = false

  readonly #now: number
  readonly #references: References
  readonly #uploads: readonly UploadList[]

  constructor(now: number, references: References, uploads: readonly UploadList[]) {
    this.#now = now
    this.#references = references
    this.#uploads = uploads
  }

  add(item: SourceItem): void {
    switch (item.type) {
      case 'table':
        if (item.unknownColumns.length > 0) this.unknownColumns.push({ model: item.name, columns: item.unknownColumns })
        if (item.model) this.#see(item.model)
        break
      case 'record':
        this.#record(item.record)
        break
      case 'unread':
        increment(this.unread, item.name, item.rows)
        break
      case 'unreadable':
        this.#unreadable(item)
        break
      case 'next-key':
        this.nextIds.set(item.model.name, item.next)
        break
    }
  }

  #see(model: ModelDefinition): void {
    this.rows.set(model, this.rows.get(model) ?? 0)
    this.#references.see(model)
  }

  #record(record: SourceRecord): void {
    const { model, fields } = record
    this.rows.set(model, (this.rows.get(model) ?? 0) + 1)
    this.#references.add(record)
    this.omissions.add(record)
    if (model.isAccount) this.#account(record)
    if (isOf(record, session)) this.#session(record.fields)
    const upload = fields[UPLOAD_FIELDS[model.name] ?? '']
    if (typeof upload === 'string' && upload !== '') for (const uploads of this.#uploads) uploads.name(upload, nameOf(record))
  }

  #account({ key, fields }: SourceRecord): void {
    if (typeof key === 'string' && /^[0-9a-f]{24}$/.test(key)) this.hasObjectIds = true
    if (fields.is_active === false) this.inactive++
    if (fields.is_staff === true || fields.is_superuser === true || fields.is_admin === true) this.withFlags++
    const { kind, fails } = passwordKind(typeof fields.password === 'string' ? fields.password : '')
    this.passwords.set(kind, { accounts: (this.passwords.get(kind)?.accounts ?? 0) + 1, fails })
  }

  #session({ session_data: data, expire_date: end }: RecordOf<typeof session.fields>['fields']): void {
    if (end.getTime() <= this.#now) this.expiredSessions++
    this.#references.addOwner(session.name, 'session_data', accountOfSession(data))
  }

  #unreadable({ model, reason, key, place }: Extract<SourceItem, { type: 'unreadable' }>): void {
    const id = `${model.name} ${reason}`
    const { rows, examples } = this.unreadable.get(id) ?? { rows: 0, examples: [] }
    const more = examples.length < MAX_EXAMPLES ? [...examples, { key, place }] : examples
    this.unreadable.set(id, { model: model.name, reason, rows: rows + 1, examples: more })
  }
}

const notImported = (counts: Counts, { lost }: BrokenReferences, contract: ContractName): Findings['notImported'] => [
  ...[...counts.rows].flatMap(([model, rows]) => {
    const reason = reasonForModel(model, contract)
    if (reason !== null) return rows > 0 ? [{ model: model.name, rows, reason }] : []
    const gone = lost.get(model.name) ?? 0
    return [
      ...(gone > 0 ? [{ model: model.name, rows: gone, reason: 'they have no owner, or their owner is gone' }] : []),
      ...(model === session && counts.expiredSessions > 0
        ? [{ model: model.name, rows: counts.expiredSessions, reason: 'they ran out' }]
        : []),
    ]
  }),
  ...counts.omissions.list(),
  ...[...counts.unread].filter(([, rows]) => rows > 0).map(([model, rows]) => ({ model, rows, reason: reasonForUnread(model, contract) })),
]

const listUploads = async (source: Source, media: string | undefined): Promise<ReadonlyMap<string, UploadList>> => {
  const lists = new Map<string, UploadList>()
  for (const uploads of new Set(Object.values(ORIGINALS).flatMap((original) => original.uploads ?? []))) {
    const root = await uploadsRoot(source.folder, uploads, media)
    if (!root) continue
    const list = new UploadList(root)
    await list.read()
    lists.set(uploads, list)
  }
  return lists
}

const uploadsOf = (lists: ReadonlyMap<string, UploadList>, contract: ContractName): Uploads | null =>
  lists.get(ORIGINALS[contract].uploads ?? '')?.result() ?? null

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

export const inspect = async ({ path, media, contract: named, now }: InspectOptions): Promise<Findings> => {
  const source = await openSource(path)
  const references = new References()
  try {
    const lists = await listUploads(source, media)
    const counts = new Counts(now, references, [...lists.values()])
    for await (const items of source.items()) for (const item of items) counts.add(item)
    const isMongo = source.form === 'mongo' || counts.hasObjectIds
    const { contract, version, absent } = recogniseOriginal(new Set(counts.rows.keys()), isMongo, named)
    const broken = references.find()
    const rowsOf = (has: (model: ModelDefinition) => boolean): number =>
      sum([...counts.rows].filter(([model]) => has(model)).map(([, rows]) => rows))
    return {
      source: {
        form: FORMS[source.form],
        files: source.files.map(({ name, bytes, isGzip }) => ({ name, bytes, compressed: isGzip })),
        ignored: source.ignored,
      },
      contract,
      version,
      accounts: { rows: rowsOf(({ isAccount }) => isAccount), inactive: counts.inactive, withFlags: counts.withFlags },
      models: [...counts.rows]
        .filter(([model]) => reasonForModel(model, contract) === null)
        .map(([model, rows]) => ({ model: model.name, rows })),
      notImported: notImported(counts, broken, contract),
      brokenLinks: broken.links,
      unreadable: [...counts.unreadable.values()],
      passwords: [...counts.passwords].map(([kind, password]) => ({ kind, ...password })).sort((a, b) => b.accounts - a.accounts),
      credentials: {
        tokens: rowsOf((model) => model === token),
        sessions: { rows: rowsOf((model) => model === session), expired: counts.expiredSessions },
      },
      unknownColumns: counts.unknownColumns,
      absent,
      nextIds: Object.fromEntries(counts.nextIds),
      uploads: uploadsOf(lists, contract),
    }
  } finally {
    references.close()
  }
}
