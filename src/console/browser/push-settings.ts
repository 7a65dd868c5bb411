import { asText } from '#chat/values.ts'
import { type Api, errorText } from './api.ts'
import { button, el, requireElement, setText } from './dom.ts'
import { valueAt } from './wire.ts'

/** Notifications of alarms on this device, also while no page is open (Web Push). */

const PATH = '/console/api/push/'
const WORKER = '/console/assets/push-worker.js'

/** The page requires trusted types: a script is only loaded from a URL that was made here. */
const workerUrl = (): string => {
  const policies: unknown = Reflect.get(globalThis, 'trustedTypes')
  const create: unknown = typeof policies === 'object' && policies !== null ? Reflect.get(policies, 'createPolicy') : null
  if (typeof create !== 'function') return WORKER
  return create.call(policies, 'push-worker', { createScriptURL: () => WORKER }).createScriptURL('')
}

const isSupported = (): boolean => 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis

export class PushSettings {
  readonly #api: Api
  readonly #row = el('div', { class: 'signal-settings', hidden: true })
  readonly #state = el('span', { role: 'status' })
  readonly #onButton = button('Notify this device', () => this.#attempt(() => this.#turnOn()))
  readonly #offButton = button('Stop notifying this device', () => this.#attempt(() => this.turnOff()), { hidden: true })
  readonly #testButton = button('Send a test', () => this.#attempt(() => this.#test()), { hidden: true })
  #key: string | null = null

  constructor(api: Api) {
    this.#api = api
    this.#row.append(this.#onButton, this.#offButton, this.#testButton, this.#state)
    requireElement('signal-settings', HTMLElement).append(this.#row)
  }

  /** Called when staff have logged in. A device that was notified before belongs to the new log-in. */
  async start(): Promise<void> {
    if (!isSupported()) return
    this.#key = asText(valueAt(await this.#api('GET', PATH), 'public_key')) || null
    this.#row.hidden = this.#key === null
    if (this.#key === null) return
    const subscription = await this.#current()
    if (subscription) await this.#attempt(() => this.#save(subscription))
    else this.#show(false, 'This device is not notified while the console is closed.')
  }

  /** Called before a log-out, too: the next user of this device must not be notified. */
  async turnOff(): Promise<void> {
    const subscription = isSupported() ? await this.#current() : null
    if (!subscription) return
    await subscription.unsubscribe()
    await this.#api('DELETE', PATH, { endpoint: subscription.endpoint })
    this.#show(false, 'This device is not notified any more.')
  }

  async #current(): Promise<PushSubscription | null> {
    const registration = await navigator.serviceWorker.getRegistration('/console')
    return (await registration?.pushManager.getSubscription()) ?? null
  }

  async #turnOn(): Promise<void> {
    if ((await Notification.requestPermission()) !== 'granted') {
      this.#show(false, 'Notifications are blocked in the settings of this browser.')
      return
    }
    const registration = await navigator.serviceWorker.register(workerUrl(), { scope: '/console' })
    const options = { userVisibleOnly: true, applicationServerKey: this.#key }
    await this.#save((await registration.pushManager.getSubscription()) ?? (await registration.pushManager.subscribe(options)))
  }

  async #save(subscription: PushSubscription): Promise<void> {
    const { endpoint, keys } = subscription.toJSON()
    await this.#api('POST', PATH, { endpoint, p256dh: keys?.p256dh, auth: keys?.auth })
    this.#show(true, 'This device is notified of alarms, also while the console is closed.')
  }

  async #test(): Promise<void> {
    const sent = Number(valueAt(await this.#api('POST', `${PATH}test/`), 'sent'))
    setText(this.#state, sent > 0 ? `A test was sent to ${sent === 1 ? 'one device' : `${sent} devices`}.` : 'The test could not be sent.')
  }

  #show(isOn: boolean, text: string): void {
    this.#onButton.hidden = isOn
    this.#offButton.hidden = !isOn
    this.#testButton.hidden = !isOn
    setText(this.#state, text)
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      setText(this.#state, `It did not work: ${errorText(error)}`)
    }
  }
}
