import * as z from 'zod/mini'
import { chooseMusic, listScenarios, listTracks } from '../../domain/recovery.ts'
import { integer, pathId } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable } from '../../http/response/errors.ts'
import { ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import type { AlarmScenario, MusicTrack } from '../../model/recovery.ts'
import { ownerOnly } from './access.ts'
import { errors as commonErrors } from './errors.ts'

const Track = documented(z.object({ id: z.int(), name: z.string(), url: z.string() }), { id: 'MusicTrack' })

const trackToWire = ({ id, name, url }: MusicTrack): z.infer<typeof Track> => ({ id, name, url })

const Scenario = documented(
  z.object({ id: z.int(), name: z.string(), play_music: z.boolean(), notify_contact: z.boolean(), notify_therapist: z.boolean() }),
  { id: 'AlarmScenario' },
)

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

const listTracksRoute = route({
  method: 'GET',
  path: '/api/v1/user/music/',
  operationId: 'listMusicTracks',
  summary: 'List the music tracks that an alarm can play',
  access: member,
  responses: {
    200: ok(z.array(Track)),
  },
  handle: async ({ context }) => ({ status: 200, body: (await listTracks(context)).map(trackToWire) }),
})

const chooseMusicRoute = route({
  method: 'POST',
  path: '/api/v1/user/music/edit/{id}/',
  operationId: 'chooseMusicTrack',
  summary: 'Choose the music track that the alarm plays',
  access: ownerOnly(FORBIDDEN),
  body: z.object({ music: integer() }),
  bodyOptions: { invalid: () => errorResponse(400, { error: 'Music ID is required' }) },
  params: z.object({ id: pathId() }),
  responses: {
    200: ok(z.object({ message: z.string() })),
    ...errors.responses('forbidden', 'track-not-found'),
  },
  handle: async ({ context, body }) => {
    errors.unwrap(await chooseMusic(context, body.music))
    return { status: 200, body: { message: UPDATED } }
  },
})

const listScenariosRoute = route({
  method: 'GET',
  path: '/api/v1/user/scenarios/',
  operationId: 'listAlarmScenarios',
  summary: 'List the alarm scenarios',
  access: member,
  responses: {
    200: ok(z.array(Scenario)),
  },
  handle: async ({ context }) => ({ status: 200, body: (await listScenarios(context)).map(scenarioToWire) }),
})

/** /api/v1/user/music/… and /api/v1/user/scenarios/: the music tracks and the alarm scenarios. */
export const musicRoutes = [listTracksRoute, chooseMusicRoute, listScenariosRoute]
