/** The text of a body from another server; null if it has more bytes, which are not read: an answer may have no end. */
export const textWithin = async (body: ReadableStream<Uint8Array>, maxBytes: number): Promise<string | null> => {
  let left = maxBytes
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      left -= chunk.length
      // Ends the text, and cancels the body.
      if (left < 0) controller.terminate()
      else controller.enqueue(chunk)
    },
  })
  const text = await new Response(body.pipeThrough(limit)).text()
  return left < 0 ? null : text
}
