import type { User } from '#chat/messages.ts'
import { asText, isRecord } from '#chat/values.ts'
import { type Api, errorText } from './api.ts'
import { announce, button, el, setText } from './dom.ts'
import { fullTimeElement } from './times.ts'
import { valueAt } from './wire.ts'

/** Passkeys of staff: the list, adding and removing, and the second step of a log-in. This part is loaded when it is needed. */

const PATH = '/console/api/passkeys/'
const TIMEOUT_MS = 5 * 60_000
/** ES256 and RS256, by their numbers in COSE. */
const ALGORITHMS = [-7, -257]

interface Session {
  readonly api: Api
  readonly user: User
}

const encode = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const decode = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))

/** Calls the browser's dialogue. Its error texts are for developers, so ours replace them. */
const ask = async (question: () => Promise<Credential | null>): Promise<PublicKeyCredential> => {
  if (!('credentials' in navigator) || !('PublicKeyCredential' in globalThis)) throw new Error('This browser has no passkeys.')
  const answer = await question().catch((error: unknown) => {
    if (error instanceof Error && error.name === 'InvalidStateError') throw new Error('This device has a passkey of your account already.')
    throw new Error('It was cancelled, or took too long.')
  })
  if (!(answer instanceof PublicKeyCredential)) throw new Error('The browser did not answer.')
  return answer
}

const begin = async (api: Api, body: object) => {
  const begun = await api('POST', `${PATH}challenge/`, body)
  const ids = valueAt(begun, 'ids')
  return {
    challenge: decode(asText(valueAt(begun, 'challenge'))),
    keys: (Array.isArray(ids) ? ids : []).map((id) => ({ type: 'public-key' as const, id: decode(asText(id)) })),
    timeout: TIMEOUT_MS,
  }
}

interface NewPasskey {
  readonly name: string
  readonly password: string
  readonly enrolment: string
}

const add = async ({ api, user }: Session, { name, password, enrolment }: NewPasskey): Promise<void> => {
  const { challenge, keys, timeout } = await begin(api, { password, enrolment })
  const { rawId, response } = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        challenge,
        timeout,
        rp: { name: document.title },
        user: { id: new TextEncoder().encode(String(user.id)), name: user.username, displayName: user.username },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: keys,
        authenticatorSelection: { userVerification: 'required' },
        attestation: 'none',
      },
    }),
  )
  const key = response instanceof AuthenticatorAttestationResponse ? response.getPublicKey() : null
  if (!(response instanceof AuthenticatorAttestationResponse) || !key) throw new Error('This browser does not hand over the key.')
  await api('POST', PATH, {
    name,
    enrolment,
    id: encode(rawId),
    client_data: encode(response.clientDataJSON),
    authenticator_data: encode(response.getAuthenticatorData()),
    public_key: encode(key),
    algorithm: response.getPublicKeyAlgorithm(),
  })
}

const confirm = async ({ api }: Session): Promise<void> => {
  const { challenge, keys, timeout } = await begin(api, {})
  const { rawId, response } = await ask(() =>
    navigator.credentials.get({ publicKey: { challenge, timeout, allowCredentials: keys, userVerification: 'required' } }),
  )
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new Error('The browser did not answer.')
  await api('POST', `${PATH}confirm/`, {
    id: encode(rawId),
    client_data: encode(response.clientDataJSON),
    authenticator_data: encode(response.authenticatorData),
    signature: encode(response.signature),
  })
}

/** A form that does one thing at a time, and shows errors below its fields. */
const createForm = (fields: readonly Node[], submit: HTMLButtonElement, work: (data: FormData) => Promise<void>): HTMLFormElement => {
  const error = el('p', { class: 'error', role: 'alert' })
  const form = el('form', { class: 'passkey-form', method: 'post' }, ...fields, error, submit)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    setText(error, '')
    submit.disabled = true
    try {
      await work(new FormData(form))
    } catch (failure) {
      setText(error, errorText(failure))
      submit.disabled = false
      submit.focus()
    }
    submit.disabled = false
  })
  return form
}

let fieldCount = 0

const input = (label: string, name: string, attributes: Record<string, string>): Node[] => {
  const id = `passkey-field-${++fieldCount}`
  return [el('label', { for: id }, label), el('input', { id, name, required: true, ...attributes })]
}

const passwordInput = () => input('Your password', 'password', { type: 'password', autocomplete: 'current-password' })
const submitButton = (label: string, attributes = {}) => el('button', { class: 'primary', ...attributes }, label)

const addForm = (session: Session, isFirst: boolean, onAdded: () => Promise<void>): HTMLFormElement => {
  const fields = [
    ...input('Name, such as the device', 'name', { maxlength: '64', autocomplete: 'off' }),
    ...passwordInput(),
    ...(isFirst ? input('Code of the operator', 'enrolment', { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' }) : []),
  ]
  const form = createForm(fields, submitButton('Add a passkey'), async (data) => {
    const textOf = (name: string) => String(data.get(name) ?? '')
    await add(session, { name: textOf('name'), password: textOf('password'), enrolment: textOf('enrolment').trim() })
    form.reset()
    await onAdded()
  })
  return form
}

interface Step extends Session {
  readonly state: 'confirm' | 'enrol'
  onConfirmed(): Promise<void>
  onLogOut(): Promise<void>
}

/** The second step of a log-in: a passkey is used, or the first one is added. */
export const showStep = (section: HTMLElement, step: Step): void => {
  const heading = el('h2', { id: 'passkey-step-title', tabindex: '-1' })
  const logOut = el(
    'p',
    {},
    button('Log out', () => step.onLogOut()),
  )
  if (step.state === 'confirm') {
    setText(heading, 'Confirm that it is you')
    const hint = el('p', {}, 'Your password was right. Now use one of your passkeys.')
    const form = createForm([hint], submitButton('Use a passkey'), async () => {
      await confirm(step)
      await step.onConfirmed()
    })
    section.replaceChildren(heading, form, logOut)
  } else {
    setText(heading, 'Add your first passkey')
    const hint = el('p', {}, 'Staff need a passkey here. Ask the operator for a code: it works once, and for a day.')
    section.replaceChildren(heading, hint, addForm(step, true, step.onConfirmed), logOut)
  }
  heading.focus()
}

interface Listed {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly lastUsedAt: string
}

const listed = (value: unknown): Listed[] =>
  Array.isArray(value)
    ? value.filter(isRecord).map((item) => ({
        id: asText(item.id),
        name: asText(item.name),
        createdAt: asText(item.created_at),
        lastUsedAt: asText(item.last_used_at),
      }))
    : []

/** The page where staff see, add and remove their passkeys. */
export class PasskeyPage {
  readonly element = el('div')
  readonly #session: Session
  readonly #list = el('ul', { class: 'passkeys' })
  readonly #status = el('p', { role: 'status' })

  constructor(session: Session) {
    this.#session = session
    const heading = el('h3', {}, 'Add a passkey')
    const form = addForm(session, false, () => this.#show('The passkey was added.'))
    this.element.append(this.#status, this.#list, heading, form)
  }

  async load(): Promise<void> {
    await this.#load().catch((error: unknown) => setText(this.#status, errorText(error)))
  }

  async #load(): Promise<void> {
    const passkeys = listed(valueAt(await this.#session.api('GET', PATH), 'passkeys'))
    if (passkeys.length === 0)
      setText(this.#status, 'You have no passkey yet. With one, your password alone is not enough to read conversations.')
    else if (passkeys.length === 1)
      setText(this.#status, 'Add a second passkey, on another device: with one only, a lost device locks you out.')
    else setText(this.#status, '')
    this.#list.replaceChildren(...passkeys.map((passkey) => this.#item(passkey)))
  }

  async #show(message: string): Promise<void> {
    await this.load()
    announce(message)
  }

  #item({ id, name, createdAt, lastUsedAt }: Listed): HTMLElement {
    const times = el('span', { class: 'timestamp' }, 'added ', fullTimeElement(createdAt))
    if (lastUsedAt !== '') times.append(', last used ', fullTimeElement(lastUsedAt))
    const remove = button('Remove', () => open(), { 'aria-label': `Remove ${name}` })
    const form = createForm(passwordInput(), submitButton(`Remove ${name}`), async (data) => {
      await this.#session.api('DELETE', `${PATH}${id}/`, { password: String(data.get('password')) })
      await this.#show('The passkey was removed.')
      document.getElementById('passkeys-title')?.focus()
    })
    form.hidden = true
    const open = () => {
      form.hidden = false
      remove.hidden = true
      form.querySelector('input')?.focus()
    }
    return el('li', { class: 'card' }, el('strong', {}, name), ' ', times, ' ', remove, form)
  }
}
