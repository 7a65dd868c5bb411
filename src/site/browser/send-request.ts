/** Sends the request of an operation's form, and shows the response below it. */

/** What a file is sent with: the other fields of the body go into the same form. */
const formOf = (files: ReadonlyMap<string, File>, body: string): FormData => {
  const form = new FormData()
  const fields: unknown = body === '' ? {} : JSON.parse(body)
  for (const [name, value] of Object.entries(fields ?? {})) if (!files.has(name)) form.append(name, value === null ? '' : String(value))
  for (const [name, file] of files) form.append(name, file)
  return form
}

const chosenFiles = (form: HTMLFormElement): Map<string, File> => {
  const inputs = [...form.querySelectorAll<HTMLInputElement>('input[type="file"]')]
  return new Map(inputs.flatMap(({ name, files }) => (files?.[0] ? [[name, files[0]] as const] : [])))
}

const inputsIn = (form: HTMLFormElement, place: string): HTMLInputElement[] => [
  ...form.querySelectorAll<HTMLInputElement>(`input[data-in="${place}"]`),
]

const urlOf = (path: string, form: HTMLFormElement): string => {
  const withPath = inputsIn(form, 'path').reduce((url, { name, value }) => url.replace(`{${name}}`, encodeURIComponent(value)), path)
  const filled = inputsIn(form, 'query').filter(({ value }) => value !== '')
  const query = new URLSearchParams(filled.map(({ name, value }) => [name, value]))
  return filled.length > 0 ? `${withPath}?${query}` : withPath
}

const requestOf = (form: HTMLFormElement, token: string | null): Request => {
  const { method = 'GET', path = '' } = form.closest('details')?.dataset ?? {}
  const headers = new Headers()
  if (token !== null) headers.set('Authorization', `Token ${token}`)
  const body = form.querySelector('textarea')?.value.trim()
  const files = chosenFiles(form)
  if (body !== undefined && files.size === 0) headers.set('Content-Type', 'application/json')
  return new Request(urlOf(path, form), {
    method,
    headers,
    ...(body !== undefined && { body: files.size > 0 ? formOf(files, body) : body }),
  })
}

const isText = (type: string): boolean => /json|text|xml|javascript/.test(type)

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

const element = <K extends keyof HTMLElementTagNameMap>(tag: K, properties: Partial<HTMLElementTagNameMap[K]>): HTMLElementTagNameMap[K] =>
  Object.assign(document.createElement(tag), properties)

const bodyOf = async (response: Response, type: string): Promise<Node[]> => {
  const blob = await response.blob()
  if (blob.size === 0) return []
  if (!isText(type))
    return [element('a', { href: URL.createObjectURL(blob), download: 'response', textContent: `Save the body (${blob.size} bytes)` })]
  const text = element('pre', { textContent: pretty(await blob.text()), tabIndex: 0, role: 'group', ariaLabel: 'Body of the response' })
  return [text]
}

export const sendRequest = async (form: HTMLFormElement, token: string | null): Promise<void> => {
  const place = form.querySelector('.response')
  const button = form.querySelector('button')
  if (!place || !button) return
  button.disabled = true
  const started = performance.now()
  try {
    const request = requestOf(form, token)
    const response = await fetch(request)
    const duration = Math.round(performance.now() - started)
    const type = response.headers.get('Content-Type') ?? ''
    const line = `${response.status} ${response.statusText} in ${duration} ms${token === null ? ', without a log-in' : ''}`
    const { pathname, search } = new URL(request.url)
    place.replaceChildren(
      element('p', { textContent: `${request.method} ${pathname}${search}` }),
      element('p', { textContent: line, className: 'status' }),
      ...(await bodyOf(response, type)),
    )
  } catch (error) {
    const text = error instanceof SyntaxError ? `The body is not valid JSON: ${error.message}` : 'The server did not respond.'
    place.replaceChildren(element('p', { textContent: text, className: 'status' }))
  }
  button.disabled = false
}
