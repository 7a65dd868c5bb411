/** Changes an OpenAPI document for the generator of the client. */

interface MediaType {
  readonly schema?: { readonly properties?: Readonly<Record<string, { readonly format?: string }>> }
}

interface Operation {
  readonly operationId: string
  security?: readonly Readonly<Record<string, unknown>>[]
  readonly requestBody?: { content: Record<string, MediaType> }
  readonly responses: Readonly<Record<string, unknown>>
}

interface Document {
  servers?: unknown
  readonly paths: Record<string, Record<string, Operation>>
}

const MULTIPART = 'multipart/form-data'

const acceptsFiles = (media: MediaType | undefined): boolean =>
  Object.values(media?.schema?.properties ?? {}).some(({ format }) => format === 'binary')

const changeOperation = (operation: Operation): void => {
  // Every operation accepts each kind of credential, so the client sends one kind, and each function is shorter.
  operation.security = operation.security?.filter((scheme) => !('token' in scheme || 'session' in scheme)) ?? []
  // The generator reads one media type only. The form is the one with the files; packages/client/src/files.ts sends JSON if there are none.
  const body = operation.requestBody
  const form = body?.content[MULTIPART]
  if (body && form && acceptsFiles(form)) body.content = { [MULTIPART]: form }
}

/** The document that the generator reads. It has no handshakes of sockets, which no function can send. */
export const clientDocument = (document: object): Record<string, unknown> => {
  const copy: Document & Record<string, unknown> = JSON.parse(JSON.stringify(document))
  delete copy.servers
  for (const [path, operations] of Object.entries(copy.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if ('101' in operation.responses) delete operations[method]
      else changeOperation(operation)
    }
    if (Object.keys(operations).length === 0) delete copy.paths[path]
  }
  return copy
}
