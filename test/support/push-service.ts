import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createWebPush } from '../../src/providers/web-push.ts'

/** A device of a test: it decrypts what a push service delivers to it, with its own key, and not with our code (RFC 8291). */

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

export interface Device {
  readonly p256dh: string
  readonly auth: string
  /** Throws if the message is not for this device, or was changed. */
  decrypt(body: Uint8Array): unknown
}

export const createDevice = (given: { readonly privateKey?: string; readonly auth?: string } = {}): Device => {
  const ecdh = createECDH('prime256v1')
  if (given.privateKey === undefined) ecdh.generateKeys()
  else ecdh.setPrivateKey(Buffer.from(given.privateKey, 'base64url'))
  const publicKey = ecdh.getPublicKey()
  const auth = given.auth === undefined ? randomBytes(16) : Buffer.from(given.auth, 'base64url')
  return {
    p256dh: base64url(publicKey),
    auth: base64url(auth),
    decrypt: (body) => {
      const message = Buffer.from(body)
      const salt = message.subarray(0, 16)
      const length = message.readUInt8(20)
      const sender = message.subarray(21, 21 + length)
      const record = message.subarray(21 + length)
      if (message.readUInt32BE(16) < record.length) throw new Error('the record is longer than it says')
      const shared = ecdh.computeSecret(sender)
      const derive = (secret: Uint8Array, from: Uint8Array, info: Buffer, bytes: number) =>
        Buffer.from(hkdfSync('sha256', secret, from, info, bytes))
      const secret = derive(shared, auth, Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender]), 32)
      const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
      const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
      const decipher = createDecipheriv('aes-128-gcm', key, nonce)
      decipher.setAuthTag(record.subarray(-16))
      const text = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
      if (text.at(-1) !== 2) throw new Error('the last record has no end')
      return text.subarray(0, -1).toString()
    },
  }
}

/** The keys of an operator. */
export const createVapidKeys = (): { readonly publicKey: string; readonly privateKey: string } => {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  const privateKey = ecdh.getPrivateKey()
  return {
    publicKey: base64url(ecdh.getPublicKey()),
    privateKey: base64url(Buffer.concat([Buffer.alloc(32 - privateKey.length), privateKey])),
  }
}

/** Checks the signature of a request as a push service does (RFC 8292), and returns its claims. */
export const verifyAuthorization = async (header: string): Promise<Readonly<Record<string, unknown>>> => {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header) ?? []
  const [head = '', claims = '', signature = ''] = token.split('.')
  const publicKey = await crypto.subtle.importKey('raw', decoded(key), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const content = Uint8Array.from(Buffer.from(`${head}.${claims}`))
  if (!(await crypto.subtle.verify(algorithm, publicKey, decoded(signature), content))) throw new Error('the signature is wrong')
  return { ...JSON.parse(String(Buffer.from(head, 'base64url'))), ...JSON.parse(String(Buffer.from(claims, 'base64url'))), key }
}

const decoded = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64url'))

/** A push service in memory, for the endpoints below https://push.example. Each path may have an answer of its own. */
export const pushService = () => {
  const devices = new Map<string, Device>()
  const statuses = new Map<string, number>()
  const received: { readonly path: string; readonly message: unknown }[] = []
  const settings = { ...createVapidKeys(), subject: 'mailto:operator@example.com', origins: ['https://push.example'] }
  const push = createWebPush(settings, {
    timeoutMs: 1000,
    now: () => Date.now(),
    fetch: async (url, init) => {
      const request = new Request(url, init)
      const { pathname: path } = new URL(url)
      await verifyAuthorization(request.headers.get('Authorization') ?? '')
      const status = statuses.get(path) ?? 201
      const body = new Uint8Array(await request.arrayBuffer())
      if (status === 201) received.push({ path, message: JSON.parse(String(devices.get(path)?.decrypt(body))) })
      return new Response(null, { status })
    },
  })
  return {
    push,
    received,
    statuses,
    /** The body of the request with which a new device subscribes. */
    device: (path: string) => {
      const device = createDevice()
      devices.set(path, device)
      return { endpoint: `https://push.example${path}`, p256dh: device.p256dh, auth: device.auth }
    },
    /** The paths that have got a message, in the order of their names. */
    paths: () => received.map(({ path }) => path).sort(),
  }
}
