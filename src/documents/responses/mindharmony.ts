import type { ResponseTexts } from '../../http/openapi/responses.ts'

const USER = { id: 1, username: 'exampleuser', email: 'user@example.com' }

const USER_WITH_PROFILE = { ...USER, profile: { id: 1, bio: '', location: '' } }

const USER_DETAILS = { user: USER, bio: '', profile_picture: null, created_at: '2024-07-06T10:30:00Z' }

const OWN_PROFILE = { id: 1, bio: 'I meditate every morning.', location: 'Nairobi', user: USER }

const SESSION = { id: 1, name: 'Session 1', date: '2024-07-06', duration: 60 }

const CHANGED_SESSION = { id: 1, name: 'Updated Session', date: '2024-07-07', duration: 90 }

/** What the document shows of each success, by operation and status. */
export const mindharmonyResponses: ResponseTexts = {
  register: { 201: { description: 'The new user and a token', example: { user: USER, token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…' } } },
  registerByShortPath: {
    201: { description: 'The new user and a token', example: { user: USER, token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…' } },
  },
  logIn: {
    200: { description: 'A token and its user', example: { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…', user: USER_WITH_PROFILE } },
  },
  logInByShortPath: {
    200: { description: 'A token and its user', example: { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…', user: USER_WITH_PROFILE } },
  },
  logOut: { 200: { description: 'Logged out', example: {} } },
  validateToken: { 200: { description: 'The token is valid', example: { valid: true } } },
  getUserDetails: { 200: { description: 'The user details', example: USER_DETAILS } },
  getUserDetailsByShortPath: { 200: { description: 'The user details', example: USER_DETAILS } },
  getProfile: { 200: { description: 'The profile', example: OWN_PROFILE } },
  replaceProfile: { 200: { description: 'The profile', example: OWN_PROFILE } },
  changeProfile: { 200: { description: 'The profile', example: OWN_PROFILE } },
  listSessions: { 200: { description: 'The sessions', example: [SESSION] } },
  recordSession: { 201: { description: 'The session', example: SESSION } },
  getSessionSummary: {
    200: {
      description: 'The summary',
      example: {
        count: 1,
        total_minutes: 60,
        current_streak_days: 1,
        longest_streak_days: 1,
        by_week: [{ week: '2026-W47', minutes: 60 }],
      },
    },
  },
  getSession: { 200: { description: 'The session', example: SESSION } },
  replaceSession: { 200: { description: 'The session', example: CHANGED_SESSION } },
  changeSession: { 200: { description: 'The session', example: CHANGED_SESSION } },
  deleteSession: { 204: { description: 'The session is deleted' } },
}
