/** Pictures, by name. What they are called and who may see them is for the core to know. */
export interface Media {
  put(name: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<void>
  remove(names: readonly string[]): Promise<void>
  /** What is known of a picture without reading it; null where there is none. */
  look(name: string): Promise<MediaFacts | null>
  /** A part of it, or all. */
  read(name: string, part?: MediaPart): Promise<(MediaFacts & { readonly body: ReadableStream }) | null>
  /** The names after a name, in their order, with the time of each. */
  list(prefix: string, after: string, limit: number): Promise<readonly { readonly name: string; readonly storedAt: number }[]>
}

export interface MediaPart {
  readonly offset: number
  readonly length: number
}

export interface MediaFacts {
  readonly size: number
  readonly type: string
  /** Quoted, as it stands in the header. */
  readonly etag: string
}

const factsOf = (object: R2Object): MediaFacts => ({
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
  look: async (name) => {
    const object = await bucket.head(name)
    return object && factsOf(object)
  },
  read: async (name, part) => {
    const object = await bucket.get(name, part && { range: part })
    return object && { ...factsOf(object), body: object.body }
  },
  list: async (prefix, after, limit) => {
    const { objects } = await bucket.list({ prefix, limit, ...(after !== '' && { startAfter: after }) })
    return objects.map(({ key, uploaded }) => ({ name: key, storedAt: uploaded.getTime() }))
  },
})
