import type { Summaries } from '../../http/openapi/document.ts'

export const mindharmonySummaries: Summaries = {
  register: 'Register',
  registerByShortPath: 'Register',
  logIn: 'Log in',
  logInByShortPath: 'Log in',
  logOut: 'Log out and end the token',
  validateToken: 'Check whether the token in the Authorization header is valid',
  getUserDetails: "Get the caller's user details",
  getUserDetailsByShortPath: "Get the caller's user details",
  getProfile: "Get a user's profile",
  replaceProfile: 'Replace a profile',
  changeProfile: 'Change some fields of a profile',
  listSessions: "List the caller's sessions, newest first",
  recordSession: 'Record a session',
  getSessionSummary: "Get a summary of the caller's sessions",
  getSession: 'Get one session',
  replaceSession: 'Replace a session',
  changeSession: 'Change some fields of a session',
  deleteSession: 'Delete a session',
}
