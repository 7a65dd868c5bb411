import type { Upload } from '../files.ts'
import { type ChatServer, ResponseError, request } from './http.ts'
import { type ChatFile, parseChatFile } from './messages.ts'

/** The files of a conversation. They are uploaded first; then `sendFile` of the chat sends the message that refers to one. */

/** An upload may take minutes on a slow line. */
const TIMEOUT_MS = 10 * 60_000

/** Whose conversation: the id of the room's person. */
export interface ConversationServer extends ChatServer {
  readonly userId: number
}

/** Pictures, PDF and plain text, at most 5 MiB. An upload that is not sent within an hour is deleted. */
export const uploadChatFile = async (server: ConversationServer, file: Upload, name: string): Promise<ChatFile> => {
  const form = new FormData()
  form.append('name', name)
  // React Native's FormData takes its files where that of browsers takes a Blob.
  if (file instanceof Blob) form.append('file', file, name)
  else Reflect.apply(form.append, form, ['file', file])
  const response = await request(server, `/support/files/${server.userId}/`, { body: form, timeoutMs: TIMEOUT_MS })
  const stored = parseChatFile(await response.json())
  if (!stored) throw new ResponseError(response.status, 'The server sent no valid response.')
  return stored
}

export const downloadChatFile = async (server: ConversationServer, { id }: Pick<ChatFile, 'id'>): Promise<Blob> =>
  (await request(server, `/support/files/${server.userId}/${id}`, { timeoutMs: TIMEOUT_MS })).blob()
