import type { Transcript } from '../../domain/support/transcript.ts'
import { textStream } from '../../domain/text-stream.ts'
import type { StoredMessage } from '../../model/support.ts'
import { isoTime } from '../../model/time.ts'

/** A whole conversation as a file. It is streamed: each part is written before the next one is read. */

/** Continuation lines are indented, so that the text of a message cannot imitate another person's message. */
const toText = ({ sentAt, senderName, fromAdmin, message }: StoredMessage): string =>
  `${isoTime(sentAt)}  ${senderName}${fromAdmin ? ' (support)' : ''}: ${message.replaceAll(/\r\n|[\r\n\u0085\u2028\u2029]/g, '\n    ')}\n`

export const textTranscript = ({ person, at, parts }: Transcript): ReadableStream<Uint8Array> => {
  const chunks = async function* () {
    yield `Support chat of ${person.username} (${person.id}), as of ${isoTime(at)}\n\n`
    for await (const part of parts()) yield part.map(toText).join('')
  }
  return textStream(chunks())
}

export const jsonTranscript = (
  { person, at, parts }: Transcript,
  toWire: (message: StoredMessage) => object,
): ReadableStream<Uint8Array> => {
  const chunks = async function* () {
    const head = { user_id: person.id, username: person.username, exported_at: isoTime(at) }
    yield `${JSON.stringify(head).slice(0, -1)},"messages":[`
    let first = true
    for await (const part of parts()) {
      yield (first ? '' : ',') + part.map((message) => JSON.stringify(toWire(message))).join(',')
      first = false
    }
    yield ']}'
  }
  return textStream(chunks())
}
