/** Stores pictures by name. The core decides about names and about who may read them. */
export interface Media {
  put(name: string, bytes: Uint8Array, type: string): Promise<void>
  remove(names: readonly string[]): Promise<void>
  /** The metadata of a picture, without its content; null if there is no such picture. */
  head(name: string): Promise<MediaMetadata | null>
  /** The picture, or a byte range of it. */
  read(name: string, range?: MediaRange): Promise<(MediaMetadata & { readonly body: ReadableStream }) | null>
  /** Deletes everything with this prefix, and returns how many there were. */
  removeAll(prefix: string): Promise<number>
  /** The names after the given one, in order, each with the time at which it was stored. */
  list(prefix: string, after: string, limit: number): Promise<readonly { readonly name: string; readonly storedAt: number }[]>
}

interface MediaRange {
  readonly offset: number
  readonly length: number
}

export interface MediaMetadata {
  readonly size: number
  readonly type: string
  /** With quotes, as in the `ETag` header. */
  readonly etag: string
}

const metadataOf = (object: R2Object): MediaMetadata => ({
  size: object.size,
  type: object.httpMetadata?.contentType ?? 'application/octet-stream',
  etag: object.httpEtag,
})

export const createMedia = (bucket: R2Bucket): Media => ({
  put: async (name, bytes, type) => {
    await bucket.put(name, bytes, { httpMetadata: { contentType: type } })
  },
  remove: async (names) => {
    if (names.length > 0) await bucket.delete([...names])
  },
  removeAll: async (prefix) => {
    for (let removed = 0; ; ) {
      const { objects, truncated } = await bucket.list({ prefix })
      if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
      removed += objects.length
      if (!truncated) return removed
    }
  },
  head: async (name) => {
    const object = await bucket.head(name)
    return object && metadataOf(object)
  },
  read: async (name, range) => {
    const object = await bucket.get(name, range && { range })
    return object && { ...metadataOf(object), body: object.body }
  },
  list: async (prefix, after, limit) => {
    const { objects } = await bucket.list({ prefix, limit, ...(after !== '' && { startAfter: after }) })
    return objects.map(({ key, uploaded }) => ({ name: key, storedAt: uploaded.getTime() }))
  },
})
