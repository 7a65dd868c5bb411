import * as z from 'zod/mini'
import { type Components, type JsonSchema, jsonSchemaOf } from '../http/openapi/json-schema.ts'
import { FRAMES } from './frames.ts'

/** The AsyncAPI 3 document of the support chat's sockets. It is made when the assets are built. */

type Place = keyof typeof FRAMES
type Frames = Readonly<Record<string, z.core.$ZodType>>

const CHANNELS: Readonly<Record<Place, { readonly address: string; readonly description: string; readonly since: string }>> = {
  room: {
    address: '/ws/chat/{user_id}/',
    description: "A person's room: the person, from any number of devices, and staff.",
    since: 'The id of the last message that the client has. Everything after it is sent first; 0 for the whole conversation.',
  },
  desk: {
    address: '/ws/admin/',
    description: 'The desk, where staff see all rooms. `/ws/chat/admin/` is the same.',
    since: 'The id of the last event that the client has. Everything after it is sent first.',
  },
}

const DESCRIPTION = `Frames of the support chat, on the host of the recovery API. Offer the subprotocol \`concord.v1\`; a client that
does not is treated as an old client, which gets messages only (at the desk also presence and alarms).
Send the credential as for any other request, or in \`?token=\`, or as the subprotocol \`concord.token.<token>\`.
The text \`ping\`, which is no JSON, is answered with \`pong\`.
The server closes a socket with 4401 when its credential is no longer valid, with 4403 when the account is no longer staff, and with
4429 after a flood of frames. A client ignores fields and frames that it does not know.`.replaceAll('\n', ' ')

/** One of them is enough. A handshake sends it; frames contain none. */
const SECURITY_SCHEMES = {
  token: { type: 'httpApiKey', in: 'header', name: 'Authorization', description: 'The word `Token`, a space, and the token.' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token, or any other valid credential.' },
  query: { type: 'httpApiKey', in: 'query', name: 'token', description: 'For clients that cannot set headers.' },
  subprotocol: {
    type: 'httpApiKey',
    in: 'header',
    name: 'Sec-WebSocket-Protocol',
    description: '`concord.token.<token>`, offered next to `concord.v1`. For pages in a browser.',
  },
}

export const createAsyncApi = () => {
  const schemas: Components = {}
  const messages: Record<string, JsonSchema> = {}
  const addMessages = (frames: Frames, io: 'input' | 'output') => {
    for (const [name, schema] of Object.entries(frames)) {
      const { description } = z.globalRegistry.get(schema) ?? {}
      messages[name] = { summary: description, contentType: 'application/json', payload: jsonSchemaOf(schema, io, schemas) }
    }
  }
  for (const { fromServer, fromClient } of Object.values(FRAMES)) {
    addMessages(fromServer, 'output')
    addMessages(fromClient, 'input')
  }
  return {
    asyncapi: '3.0.0',
    info: { title: 'Concord support chat', version: '1.0.0', description: DESCRIPTION },
    defaultContentType: 'application/json',
    channels: { room: channelOf('room'), desk: channelOf('desk') },
    operations: {
      roomToClient: operation('room', 'send', 'What clients of a room get'),
      clientToRoom: operation('room', 'receive', 'What clients of a room send'),
      deskToClient: operation('desk', 'send', 'What clients of the desk get'),
      clientToDesk: operation('desk', 'receive', 'What clients of the desk send'),
    },
    components: { messages, schemas, securitySchemes: SECURITY_SCHEMES },
  }
}

const channelOf = (place: Place) => {
  const { address, description, since } = CHANNELS[place]
  const { fromServer, fromClient } = FRAMES[place]
  const names = [...Object.keys(fromServer), ...Object.keys(fromClient)]
  return {
    address,
    description,
    ...(place === 'room' && { parameters: { user_id: { description: 'The id of the person.' } } }),
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: {
      ws: {
        method: 'GET',
        query: {
          type: 'object',
          properties: {
            token: { type: 'string', description: 'A credential, for clients that cannot set headers.' },
            since: { type: 'integer', minimum: 0, description: since },
          },
        },
      },
    },
  }
}

/** An operation as the server sees it: it receives what clients send. */
const operation = (place: Place, action: 'send' | 'receive', summary: string) => ({
  action,
  channel: { $ref: `#/channels/${place}` },
  summary,
  security: Object.keys(SECURITY_SCHEMES).map((name) => ({ $ref: `#/components/securitySchemes/${name}` })),
  messages: Object.keys(FRAMES[place][action === 'send' ? 'fromServer' : 'fromClient']).map((name) => ({
    $ref: `#/channels/${place}/messages/${name}`,
  })),
})
