/**
 * The text of a body from another server; null if it has more bytes. Rejects if the signal comes first: a server may send an answer
 * without an end, or stop in the middle of one.
 */
export const textWithin = async (body: ReadableStream<Uint8Array>, maxBytes: number, signal: AbortSignal): Promise<string | null> => {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  // Leaving the loop cancels the body, and so does the signal.
  for await (const chunk of body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal })) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return null
    text += decoder.decode(chunk, { stream: true })
  }
  return text
}
