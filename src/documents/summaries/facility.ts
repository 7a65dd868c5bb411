import type { Summaries } from '../../http/openapi/document.ts'

export const facilitySummaries: Summaries = {
  register: 'Register, log in and set the session cookie',
  getAccount: "Read the caller's account",
  changeAccount: "Change the caller's account",
  logIn: 'Log in and set the session cookie',
  logOut: 'Log out and end the session',
}
