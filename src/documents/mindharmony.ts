import * as z from 'zod/mini'
import type { Documentation } from '../http/openapi/document.ts'
import { errorSchema, errorTextSchema, fieldErrorsSchema } from '../http/openapi/error-schemas.ts'
import { commonProperties } from './common.ts'
import { mindharmonyExamples } from './examples/mindharmony.ts'
import { mindharmonyResponses } from './responses/mindharmony.ts'

export const mindharmony: Documentation = {
  description: 'A mindfulness app: users record their practice sessions.',

  errors: [errorTextSchema, fieldErrorsSchema, errorSchema('InvalidToken', { valid: z.literal(false) })],

  operations: {
    getProfile: 'The e-mail address is shown to the owner and to staff; everyone else gets an empty string.',
    register: 'The account can log in through the other contracts as well.',
    registerByShortPath: 'The same as `register`.',
    logIn: 'The response to a wrong password is the same as that to an unknown username.',
    logInByShortPath: 'The same as `logIn`.',
    logOut: 'Other tokens of the account stay valid.',
    validateToken: 'The token may have any scheme. A valid token gets a 200, every other one a 401.',
    getUserDetailsByShortPath: 'The same as `getUserDetails`.',
    replaceProfile: 'Only the owner and staff may change a profile. Both fields are required.',
    changeProfile: 'Only the owner and staff may change a profile. Fields that are not sent stay unchanged.',
    listSessions: 'A page of the list. The header `Link` points to the next page.',
    getSessionSummary: 'Streaks count days in UTC.',
    getSession: "Another user's session is not found.",
    replaceSession: 'All three fields are required.',
    changeSession: 'Fields that are not sent stay unchanged.',
    deleteSession: "Another user's session is not found.",
  },

  responses: mindharmonyResponses,
  examples: mindharmonyExamples,

  properties: {
    ...commonProperties,
    id: 'The id of the record in the path.',
    'User.id': 'The id of the account, the same in every contract with numeric ids.',
    'LoginResponse.id': 'The id of the account. The profile has the same one.',
    'Profile.id': 'The same as the id of its user.',
    'Session.id': 'Identifies the session in paths.',
    'getProfile.id': 'The id of the user whose profile it is.',
    'replaceProfile.id': 'The id of the user whose profile it is.',
    'changeProfile.id': 'The id of the user whose profile it is.',
    'User.email': 'An empty string if there is none, or if it is not shown to the caller.',
    'LoginResponse.email': 'An empty string if there is none.',
    'register.email': 'It may be left out or empty.',
    'registerByShortPath.email': 'It may be left out or empty.',
    user: 'The account that has logged in, and its profile.',
    profile: 'What the user has entered about themselves.',
    bio: 'A text about the user. An empty string if there is none.',
    location: 'Where the user is. An empty string if it is not known.',
    valid: 'Whether the token would be accepted.',
    profile_picture: "The URL of the user's picture; null if there is none.",
    created_at: 'When the user registered, in UTC (ISO 8601).',
    name: 'What was practised.',
    date: 'The day of the session, `YYYY-MM-DD`.',
    count: 'How many sessions there are.',
    total_minutes: 'The duration of all sessions together.',
    longest_streak_days: 'The longest series of consecutive days with a session.',
    week: 'An ISO week, for example `2026-W47`.',
    minutes: 'The duration of all sessions of the week together.',
    'Session.duration': 'Minutes.',
    'SessionSummary.by_week': 'Minutes per ISO week, latest week first.',
    'SessionSummary.current_streak_days': 'Consecutive days with a session, up to today; or up to yesterday if today has no session yet.',
    'changeSession.duration': 'Minutes.',
    'listSessions.cursor': 'Where the page starts: taken from the previous page.',
    'listSessions.limit': 'The maximum number of items.',
    'recordSession.duration': 'Minutes.',
    'replaceSession.duration': 'Minutes.',
  },
}
