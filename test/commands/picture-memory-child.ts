import { fileContent } from '../../src/domain/support/file-content.ts'
import { readBody } from '../../src/http/request/body.ts'
import { withFile } from '../../src/http/request/files.ts'
import { Upload } from '../../src/http/request/multipart.ts'
import { jpeg } from '../support/images.ts'
import { LARGE_FILES } from '../support/large-images.ts'

/** Reads and checks one picture or file, and prints how much memory this took besides the file itself. */

const CHUNK = 16 * 1024
const encode = (text: string) => new TextEncoder().encode(text)

const formOf = (image: Uint8Array): Uint8Array<ArrayBuffer> => {
  const head = encode('--b\r\nContent-Disposition: form-data; name="Profile_img"; filename="me.jpg"\r\n\r\n')
  const tail = encode('\r\n--b--\r\n')
  const form = new Uint8Array(head.length + image.length + tail.length)
  form.set(head)
  form.set(image, head.length)
  form.set(tail, head.length + image.length)
  return form
}

/** A request whose body arrives in chunks. Each chunk is a copy, as chunks from the network are. */
const requestOf = (form: Uint8Array): Request => {
  let sent = 0
  const body = new ReadableStream({
    type: 'bytes',
    pull: (controller) => {
      controller.enqueue(form.slice(sent, sent + CHUNK))
      sent += CHUNK
      if (sent >= form.length) controller.close()
    },
  })
  const headers = { 'Content-Type': 'multipart/form-data; boundary=b' }
  const options = { method: 'POST', headers, body, duplex: 'half' } // Node requires `duplex`, workerd does not know it.
  return new Request('https://concord.test/profile/', options)
}

const readAndClean = async (form: Uint8Array): Promise<unknown> => {
  const body = await readBody(requestOf(form), { read: (read) => read() }, withFile(5 * 1024 * 1024))
  const upload = Object(body).Profile_img
  if (!(upload instanceof Upload)) throw new Error('the form was not read')
  return fileContent(upload.bytes)
}

const create = Object.entries(LARGE_FILES).find(([name]) => name === process.argv[2])?.[1]
if (!create) throw new Error('no such picture')
const form = formOf(create())
for (let n = 0; n < 200; n++) await readAndClean(formOf(jpeg()))
globalThis.gc?.()
const before = process.resourceUsage().maxRSS
const startedAt = performance.now()
const image = await readAndClean(form)
const ms = performance.now() - startedAt
const kib = process.resourceUsage().maxRSS - before
console.log(JSON.stringify({ form: form.length, additional: kib * 1024, ms, accepted: image !== null }))
