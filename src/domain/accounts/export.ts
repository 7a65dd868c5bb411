import { usernameKey } from '../../model/account.ts'
import { chatFileKey } from '../../model/chat-file.ts'
import { mediaKey, PICTURE_PREFIX, picturePath } from '../../model/picture.ts'
import { Failure, fail, type Result } from '../../model/result.ts'
import { isoTime } from '../../model/time.ts'
import { findErasureTarget } from '../../store/erasure.ts'
import { findFirstOwnRows, findMoreOwnRows } from '../../store/own-data.ts'
import type { MemberContext, OperatorContext } from '../access.ts'
import { auditEntry, readTrailOf } from '../audit.ts'
import type { Context } from '../context.ts'
import { readPicture } from '../profiles/pictures.ts'
import { messagesUpTo } from '../support/transcript.ts'

/** A copy of a person's data: a JSON document in pieces. Each piece is read when it is asked for, so it is never in memory as a whole. */
interface OwnData {
  readonly accountId: number
  readonly texts: AsyncGenerator<string>
}

/** Of rows, and of entries of the audit trail. */
const PAGE_SIZE = 500
/** An alarm has several messages to each of its recipients. */
const ALARMS_PAGE_SIZE = 20

export const exportOwnData = (context: MemberContext): Promise<Result<OwnData, 'not-found'>> =>
  exportAccount(context, context.actor.account.id)

/** The same document for the operator, who gives it to the person. */
export const exportData = async (context: OperatorContext, username: string): Promise<Result<OwnData, 'not-found'>> => {
  const target = await findErasureTarget(context.store, usernameKey(username))
  return target ? exportAccount(context, target.id) : fail('not-found')
}

type FirstRows = NonNullable<Awaited<ReturnType<typeof findFirstOwnRows>>>

/** Fails only before the first piece: then nothing has been sent yet. */
const exportAccount = async (context: Context, accountId: number): Promise<Result<OwnData, 'not-found'>> => {
  const audit = auditEntry(context, 'account-exported', accountId)
  const first = await findFirstOwnRows(context.store, accountId, { limit: PAGE_SIZE, audit })
  return first ? { accountId, texts: documentOf(context, accountId, first) } : fail('not-found')
}

const documentOf = async function* (context: Context, accountId: number, first: FirstRows): AsyncGenerator<string> {
  yield `{"exported_at":${JSON.stringify(isoTime(context.now()))}`
  for (const { section, rows } of first) yield* list(section.name, allRows(context, accountId, section, rows))
  const room = context.support.room(accountId)
  const newest = await room.newestMessageId()
  yield* list('support_messages', messagesUpTo(room, newest))
  yield* list('alarms', alarmPages(context, accountId))
  yield* list('audit_trail', trailPages(context, accountId))
  yield ',"pictures":['
  yield* pictures(context, first)
  yield '],"support_files":['
  yield* chatFiles(context, accountId, messagesUpTo(room, newest))
  yield ']}'
}

const list = async function* (name: string, pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  yield `,"${name}":[`
  let separator = ''
  for await (const page of pages) {
    if (page.length === 0) continue
    yield separator + page.map((item) => JSON.stringify(toWire(item))).join(',')
    separator = ','
  }
  yield ']'
}

const TIME = /(?:^|_)at$|_time$|^since$/

/** Keys in the form of the database and of the contracts, and times as text. */
const toWire = (value: unknown, key = ''): unknown => {
  if (typeof value === 'number') return TIME.test(key) ? isoTime(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => toWire(item))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const wireName = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      return [wireName, toWire(item, wireName)]
    }),
  )
}

const allRows = async function* (
  context: Context,
  accountId: number,
  section: FirstRows[number]['section'],
  first: FirstRows[number]['rows'],
) {
  let rows = first
  yield rows
  for (let last = rows.at(-1); last && rows.length === PAGE_SIZE; last = rows.at(-1)) {
    rows = await findMoreOwnRows(context.store, accountId, section, last, PAGE_SIZE)
    yield rows
  }
}

const alarmPages = async function* (context: Context, accountId: number) {
  for (let after: number | null = 0; after !== null; ) {
    const { records, next } = await context.alarms.dispatcher(accountId).records(after, ALARMS_PAGE_SIZE)
    yield records
    after = next
  }
}

const trailPages = async function* (context: Context, accountId: number) {
  for (let before: number | null = null; ; ) {
    const { items, next } = await readTrailOf(context, accountId, before, PAGE_SIZE)
    yield items
    if (next === null) return
    before = next
  }
}

/** The pictures that rows of the account name, as data URLs. One that does not exist any more is left out. */
const pictures = async function* (context: Context, first: FirstRows): AsyncGenerator<string> {
  const values = first.flatMap(({ rows }) =>
    rows.flatMap(({ profile_picture: path, image: name }) => [path, name && picturePath(String(name))]),
  )
  const keys = values.map((path) => mediaKey(String(path ?? '')))
  let separator = ''
  for (const key of new Set(keys)) {
    const name = key?.startsWith(PICTURE_PREFIX) ? key.slice(PICTURE_PREFIX.length) : ''
    const picture = await readPicture(context, name)
    if (picture instanceof Failure) continue
    yield `${separator}{"path":${JSON.stringify(picturePath(name))},`
    yield* dataUrl(picture)
    separator = ','
  }
}

/**
 * The files to which messages of the conversation refer, of both sides. The messages are read a second time: their files may be
 * many, and each is read when the one before has been written.
 */
const chatFiles = async function* (context: Context, accountId: number, messages: ReturnType<typeof messagesUpTo>): AsyncGenerator<string> {
  let separator = ''
  for await (const part of messages) {
    for (const { id: messageId, file } of part) {
      const content = file && (await context.media.read(chatFileKey(accountId, file)))
      if (!content) continue
      yield `${separator}{"message_id":${messageId},"id":"${file.id}","name":${JSON.stringify(file.name)},`
      yield* dataUrl({ ...content, type: file.type })
      separator = ','
    }
  }
}

const dataUrl = async function* ({ type, body }: { readonly type: string; readonly body: ReadableStream }): AsyncGenerator<string> {
  yield `"data":"data:${type};base64,`
  yield* base64(body)
  yield '"}'
}

/** A multiple of three: three bytes become four characters. */
const ENCODED_AT_ONCE = 24_576

/** What is left of one part of the stream belongs to the next one. Parts may be large. */
const base64 = async function* (body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let left = ''
  for await (const part of body) {
    for (let from = 0; from < part.length; from += ENCODED_AT_ONCE) {
      const bytes = left + binaryText(part.subarray(from, from + ENCODED_AT_ONCE))
      const whole = bytes.length - (bytes.length % 3)
      if (whole > 0) yield btoa(bytes.slice(0, whole))
      left = bytes.slice(whole)
    }
  }
  if (left !== '') yield btoa(left)
}

const binaryText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
