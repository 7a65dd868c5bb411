import type { ChatFile } from '#chat/messages.ts'
import { ApiError } from './api.ts'
import { button, el, setText } from './dom.ts'
import { download } from './file-transfer.ts'

/** A file in a message: a picture as a thumbnail, anything else as a button that saves it. */

interface FileViewOptions {
  readonly userId: number
  readonly token: string | null
}

const KIB = 1024

const sizeText = (bytes: number): string =>
  bytes < KIB * KIB ? `${Math.max(1, Math.round(bytes / KIB))} KB` : `${(bytes / KIB / KIB).toFixed(1)} MB`

const failureText = (error: unknown): string =>
  error instanceof ApiError && error.status === 404 ? 'This file does not exist any more.' : 'The file could not be loaded. Try again.'

export const fileView = (file: ChatFile, options: FileViewOptions): HTMLElement => {
  const { name, type, size } = file
  const problem = el('span', { class: 'error', role: 'status' })
  let url: Promise<string> | null = null
  /** A failed download is not kept, so that the next press tries again. */
  const load = (): Promise<string> => {
    url ??= download(options, file).catch((error: unknown) => {
      url = null
      throw error
    })
    return url
  }
  const attempt = async (use: (url: string) => void): Promise<void> => {
    try {
      use(await load())
      setText(problem, '')
    } catch (error) {
      setText(problem, failureText(error))
    }
  }
  const save = button(`Save ${name} (${sizeText(size)})`, () =>
    attempt((href) => {
      const link = el('a', { href, download: name })
      link.click()
    }),
  )
  if (!type.startsWith('image/')) return el('div', { class: 'file' }, save, problem)
  const image = el('img', { alt: `Picture: ${name}` })
  const enlarge = button('', () => {
    const isLarge = enlarge.classList.toggle('large')
    enlarge.setAttribute('aria-expanded', String(isLarge))
    if (!image.src) void show()
  })
  enlarge.className = 'thumbnail'
  enlarge.setAttribute('aria-expanded', 'false')
  enlarge.append(image)
  const show = () =>
    attempt((source) => {
      image.src = source
    })
  void show()
  return el('div', { class: 'file' }, enlarge, save, problem)
}
