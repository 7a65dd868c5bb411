import type { ReadReferenceFile } from '../domain/context.ts'

/** Reads the reference data that the build stores with the static assets. The host name has no meaning: the binding ignores it. */
export const createReferenceFiles =
  (assets: Fetcher): ReadReferenceFile =>
  async (name) => {
    const response = await assets.fetch(`https://assets.local/reference/${name}`)
    if (!response.ok) throw new Error(`asset ${name} not found (${response.status})`)
    return response.text()
  }
