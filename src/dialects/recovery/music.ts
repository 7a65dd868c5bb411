import { createRoute, z } from '@hono/zod-openapi'
import { type AlarmScenario, chooseMusic, listScenarios, listTracks, type MusicTrack } from '../../domain/recovery/music.ts'
import { errorResponse, errorTable } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { integer, pathId } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { errors as commonErrors } from './errors.ts'
import { ownerOnly } from './guards.ts'

const Track = z.object({ id: z.int(), name: z.string(), url: z.string() }).openapi('MusicTrack')

const trackToWire = ({ id, name, url }: MusicTrack): z.infer<typeof Track> => ({ id, name, url })

const Scenario = z
  .object({ id: z.int(), name: z.string(), play_music: z.boolean(), notify_contact: z.boolean(), notify_therapist: z.boolean() })
  .openapi('AlarmScenario')

const scenarioToWire = (scenario: AlarmScenario): z.infer<typeof Scenario> => ({
  id: scenario.id,
  name: scenario.name,
  play_music: scenario.playMusic,
  notify_contact: scenario.notifyContact,
  notify_therapist: scenario.notifyTherapist,
})

const FORBIDDEN = errorResponse(403, { error: "You are not authorized to edit this user's music preferences." })

const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => FORBIDDEN,
  'track-not-found': () => errorResponse(404, { error: 'Music track not found' }),
})

const UPDATED = 'Music track updated successfully'

/** /api/v1/user/music/… and /api/v1/user/scenarios/: the music tracks and the alarm scenarios. */
export const music = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/user/music/',
      summary: 'List the music tracks that an alarm can play',
      ...signedIn,
      responses: {
        200: success(z.array(Track), 'The tracks', [{ id: 1, name: 'New Song 1', url: 'https://example.com/newsong1.mp3' }]),
      },
    }),
    async (c) => c.json((await listTracks(c.var.context)).map(trackToWire), 200),
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/user/music/edit/{id}/',
      summary: 'Choose the music track that the alarm plays',
      ...ownerOnly(FORBIDDEN),
      request: {
        params: z.object({ id: pathId() }),
        body: body(z.object({ music: integer({ example: 1 }) }), { invalid: () => errorResponse(400, { error: 'Music ID is required' }) }),
      },
      responses: {
        200: success(z.object({ message: z.string() }), 'Track chosen', { message: UPDATED }),
        ...errors.responses('forbidden', 'track-not-found'),
      },
    }),
    async (c) => {
      errors.unwrap(await chooseMusic(c.var.context, c.req.valid('json').music))
      return c.json({ message: UPDATED }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/user/scenarios/',
      summary: 'List the alarm scenarios',
      ...signedIn,
      responses: {
        200: success(z.array(Scenario), 'The scenarios', [
          { id: 3, name: 'Pattern 2', play_music: true, notify_contact: true, notify_therapist: true },
        ]),
      },
    }),
    async (c) => c.json((await listScenarios(c.var.context)).map(scenarioToWire), 200),
  )
}
