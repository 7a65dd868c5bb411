import { type ChatFile, chatFileKey, chatFileName, isChatFileId } from '../../model/chat-file.ts'
import { Failure, fail, type Result } from '../../model/result.ts'
import type { MemberContext } from '../access.ts'
import type { Context } from '../context.ts'
import { newTokenId } from '../object-id.ts'
import { fileContent } from './file-content.ts'
import { openRoom } from './open-room.ts'

type ReadMedia = NonNullable<Awaited<ReturnType<Context['media']['read']>>>

/**
 * Stores a file of a conversation. It is visible only to its sender until a message refers to it. The room records the file
 * before it is written to the bucket, so no file exists that the room would not delete.
 */
export const uploadFile = async (
  context: MemberContext,
  accountId: number,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
): Promise<Result<ChatFile, 'not-found' | 'forbidden' | 'unsupported-file'>> => {
  const opened = await openRoom(context, accountId, null)
  if (opened instanceof Failure) return opened
  const content = fileContent(bytes)
  if (!content) return fail('unsupported-file')
  const file = { id: newTokenId(), name: chatFileName(name, content.type), type: content.type, size: content.bytes.length }
  const room = context.support.room(accountId)
  await room.addFile(opened.person, { ...file, senderId: context.actor.account.id })
  const key = chatFileKey(accountId, file)
  await context.media.put(key, content.bytes, content.type)
  if (await room.file(file.id)) return file
  // The conversation was erased meanwhile.
  await context.media.remove([key])
  return fail('not-found')
}

/** Sends a message that refers to an uploaded file, once. */
export const sendFile = async (
  context: MemberContext,
  accountId: number,
  { fileId, clientId }: { readonly fileId: string; readonly clientId: string },
): Promise<Result<{ readonly id: number }, 'not-found' | 'forbidden' | 'throttled'>> => {
  const opened = await openRoom(context, accountId, null)
  if (opened instanceof Failure) return opened
  const { id, username } = await context.actor.load()
  const message = { sender: { id, username }, fromAdmin: opened.asStaff, message: '', fileId, clientId, connectionId: '' }
  const stored = isChatFileId(fileId) ? await context.support.room(accountId).storeMessage(opened.person, message) : 'no-such-file'
  if (stored === 'slow-down') return fail('throttled', { seconds: 1 })
  return stored === 'no-such-file' ? fail('not-found') : stored
}

/** A file, for the people of the room. Its sender may also read it before it is sent. */
export const readFile = async (
  context: MemberContext,
  accountId: number,
  fileId: string,
): Promise<Result<{ readonly file: ChatFile; readonly content: ReadMedia }, 'not-found' | 'forbidden'>> => {
  if (!isChatFileId(fileId)) return fail('not-found')
  const opened = await openRoom(context, accountId, 'file-read', fileId)
  if (opened instanceof Failure) return opened
  const file = await context.support.room(accountId).file(fileId)
  if (!file || (file.messageId === null && file.senderId !== context.actor.account.id)) return fail('not-found')
  const content = await context.media.read(chatFileKey(accountId, file))
  return content ? { file, content } : fail('not-found')
}
