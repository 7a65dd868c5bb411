/** Shows what a push service delivers to this device, also while no page is open. It runs as the service worker of /console. */

const CONSOLE = '/console#/alarms'

interface PushEvent extends Event {
  readonly data: { json(): unknown } | null
  waitUntil(work: Promise<unknown>): void
}

interface ClickEvent extends PushEvent {
  readonly notification: Notification
}

interface WorkerScope {
  readonly registration: Pick<ServiceWorkerRegistration, 'showNotification'>
  readonly clients: {
    matchAll(options: { readonly type: 'window' }): Promise<readonly { readonly url: string; focus(): Promise<unknown> }[]>
    openWindow(url: string): Promise<unknown>
  }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install', listener: () => void): void
  addEventListener(type: 'push', listener: (event: PushEvent) => void): void
  addEventListener(type: 'notificationclick', listener: (event: ClickEvent) => void): void
}

const scope: WorkerScope = Object(globalThis)

const fieldOf = (message: unknown, name: string): unknown =>
  typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined

const openConsole = async (): Promise<void> => {
  const pages = await scope.clients.matchAll({ type: 'window' })
  const page = pages.find(({ url }) => new URL(url).pathname === '/console')
  await (page ? page.focus() : scope.clients.openWindow(CONSOLE))
}

scope.addEventListener('install', () => void scope.skipWaiting())

/** A browser requires that each message is shown. A message of the same alarm replaces the one before it. */
scope.addEventListener('push', (event) => {
  const message = event.data?.json()
  const silent = fieldOf(message, 'silent') === true
  const options = { tag: String(fieldOf(message, 'tag')), renotify: !silent, requireInteraction: !silent, silent }
  event.waitUntil(scope.registration.showNotification(String(fieldOf(message, 'title')), options))
})

scope.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openConsole())
})

export {}
