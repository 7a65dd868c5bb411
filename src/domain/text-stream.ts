/** Writes texts as they are asked for: the next one is made when the previous one has been read. Closing the stream ends the generator. */
export const textStream = (texts: AsyncGenerator<string>): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  return new ReadableStream({
    type: 'bytes', // The command line gets the stream by RPC, which takes streams of bytes only.
    pull: async (controller) => {
      const { done, value } = await texts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: async () => {
      await texts.return(undefined)
    },
  })
}
