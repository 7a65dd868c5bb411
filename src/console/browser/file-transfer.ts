import { type ChatFile, parseChatFile } from '#chat/messages.ts'
import { ApiError, errorIn } from './api.ts'

/** Uploads and downloads the files of a conversation. */

interface Transfer {
  readonly userId: number
  readonly token: string | null
}

const authorize = (token: string | null, set: (name: string, value: string) => void): void => {
  if (token !== null) set('Authorization', `Token ${token}`)
}

const FAILED = 'The connection was lost.'

/** `fetch` does not report the progress of an upload. */
export const upload = (
  { userId, token }: Transfer,
  file: File,
  { onProgress, signal }: { onProgress(fraction: number): void; readonly signal: AbortSignal },
): Promise<ChatFile> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const form = new FormData()
    form.set('name', file.name)
    form.set('file', file, 'file')
    request.open('POST', `/support/files/${userId}/`)
    authorize(token, (name, value) => request.setRequestHeader(name, value))
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total)
    request.onload = () => {
      const { status, response } = request
      const stored = status === 201 ? parseChatFile(response) : null
      if (stored) resolve(stored)
      else reject(new ApiError(status, errorIn(response) || `The server responded with status ${status}.`, response))
    }
    request.onerror = () => reject(new Error(FAILED))
    signal.addEventListener('abort', () => request.abort())
    request.send(form)
  })

/** The file as a URL of this page, which only this page can use. */
export const download = async ({ userId, token }: Transfer, { id }: ChatFile): Promise<string> => {
  const headers = new Headers()
  authorize(token, (name, value) => headers.set(name, value))
  const response = await fetch(`/support/files/${userId}/${id}`, { headers, credentials: token === null ? 'same-origin' : 'omit' })
  if (!response.ok) throw new ApiError(response.status, '', null)
  return URL.createObjectURL(await response.blob())
}
