import type { ResponseTexts } from '../../http/openapi/responses.ts'

const PROFILE = {
  id: '68cd793ca4a36f574952921b',
  username: 'johndoe',
  email: 'john@example.com',
  first_name: 'John',
  last_name: 'Doe',
  date_of_birth: '1990-01-01',
  bio: 'Software developer',
  date_joined: '2024-01-15T10:30:00Z',
}

const CHANGED_PROFILE = { ...PROFILE, first_name: 'Johnny', last_name: 'Smith', bio: 'Updated bio information' }

const PUBLIC_USER = { id: '68cd793ca4a36f574952921b', username: 'alice', first_name: 'Alice', last_name: 'Z', bio: 'Software engineer' }

const PLAN = {
  _id: '68dabba350510db53d9af43d',
  title: 'Game Night',
  description: 'Lots of fun and laughters with friends.',
  location: { name: "John's house", address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' },
  start_time: '2025-09-28T12:00:00Z',
  end_time: '2025-09-28T15:00:00Z',
  created_by: '68cd793ca4a36f574952921b',
}

const PLAN_WITH_DATA = { ...PLAN, data: PLAN }

const FRIENDS = {
  current_user_id: '68cd793ca4a36f574952921b',
  friends: [{ id: '68d5d66921c840dea3433ff2', username: 'bob', request_id: '68e2bc96390fe44b0f398fa9' }],
  incoming_requests: [{ id: '68d5d66921c840dea3433ff3', request_id: '68e2bc96390fe44b0f398faa', username: 'carol', status: 'pending' }],
  outgoing_requests: [{ id: '68d5d66921c840dea3433ff4', request_id: '68e2bc96390fe44b0f398f4f', username: 'dave', status: 'pending' }],
}

const FRIEND_REQUEST = {
  id: '68e2bc8d390fe44b0f398f4e',
  sender: '68cd793ca4a36f574952921b',
  receiver: '68d2bb9c8b1d2c3e4f5a6b70',
  status: 'pending',
}

const RSVP_DATA = { plan_id: '68dabba350510db53d9af43d', user_id: '68cd793ca4a36f574952921b', created_at: '2024-01-15T10:30:00Z' }

const RSVP = { _id: '68e2bc8d390fe44b0f398f4e', ...RSVP_DATA }

const TOKEN_PAIR = { refresh: 'eyJ0eXAiOiJKV1QiLCJh...', access: 'eyJ0eXAiOiJKV1QiLCJhb...' }

const CALENDAR_URL = { url: 'https://concord.example/api/calendar.ics?token=feed_5d41402abc4b2a76b9719d911017c592' }

const CALENDAR =
  'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Concord//Meetups//EN\r\nCALSCALE:GREGORIAN\r\nBEGIN:VEVENT\r\nUID:68dabba350510db53d9af43d@meetups.concord\r\nDTSTAMP:20250901T090000Z\r\nDTSTART:20250928T120000Z\r\nDTEND:20250928T150000Z\r\nSUMMARY:Game Night\r\nSTATUS:CONFIRMED\r\nSEQUENCE:0\r\nCREATED:20250901T090000Z\r\nLAST-MODIFIED:20250901T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'

const CALENDAR_RESPONSE = { description: 'A calendar in iCalendar format (RFC 5545)', example: CALENDAR }

/** What the document shows of each success, by operation and status. */
export const meetupsResponses: ResponseTexts = {
  logIn: { 200: { description: 'The pair', example: TOKEN_PAIR } },
  refreshAccessToken: { 200: { description: 'The access token', example: { access: TOKEN_PAIR.access } } },
  revokeRefreshToken: { 200: { description: 'Logged out', example: {} } },
  logOut: { 200: { description: 'Logged out', example: {} } },
  register: {
    201: { description: 'Registered, with a token pair', example: { message: 'User registered successfully', ...TOKEN_PAIR } },
  },
  getProfile: { 200: { description: 'The profile', example: PROFILE } },
  changeProfile: {
    200: { description: 'The changed profile', example: { message: 'Profile updated successfully', user: CHANGED_PROFILE } },
  },
  patchProfile: {
    200: { description: 'The changed profile', example: { message: 'Profile updated successfully', user: CHANGED_PROFILE } },
  },
  listUsers: { 200: { description: 'The public fields of each user', example: [PUBLIC_USER] } },
  getUser: { 200: { description: 'The public fields of the user', example: PUBLIC_USER } },
  listPlans: { 200: { description: 'The plans', example: [PLAN] } },
  addPlan: {
    201: { description: 'The plan', example: { ...PLAN, message: 'Plan created', id: PLAN._id, data: PLAN } },
  },
  getPlan: { 200: { description: 'The plan', example: PLAN_WITH_DATA } },
  changePlan: { 200: { description: 'The changed plan', example: PLAN_WITH_DATA } },
  patchPlan: { 200: { description: 'The changed plan', example: PLAN_WITH_DATA } },
  deletePlan: { 200: { description: 'Deleted', example: { message: 'Event 68da01e2fa068cbd5713d439 deleted successfully' } } },
  downloadPlanCalendar: { 200: CALENDAR_RESPONSE },
  listDismissedPlans: { 200: { description: 'The plans', example: [PLAN] } },
  dismissPlan: { 204: { description: 'Dismissed' } },
  undismissPlan: { 204: { description: 'No longer dismissed' } },
  undismissPlanByDelete: { 204: { description: 'No longer dismissed' } },
  sendFriendRequest: {
    200: {
      description: 'The other user had already sent a request: it is accepted',
      example: { ...FRIEND_REQUEST, status: 'accepted' },
    },
    201: { description: 'Request sent', example: FRIEND_REQUEST },
  },
  answerFriendRequest: {
    200: { description: 'The request, accepted or rejected', example: { id: '68e2bc8d390fe44b0f398f4e', status: 'accepted' } },
  },
  listFriends: { 200: { description: 'One page. `limit` applies to the three lists together.', example: FRIENDS } },
  listFriendsByLongPath: { 200: { description: 'One page. `limit` applies to the three lists together.', example: FRIENDS } },
  removeFriend: { 204: { description: 'Deleted' } },
  addRsvp: {
    201: { description: 'The RSVP', example: { message: 'RSVP created', id: RSVP._id, data: RSVP_DATA } },
  },
  listPlanRsvps: { 200: { description: 'The RSVPs', example: { data: [RSVP] } } },
  listOwnRsvps: { 200: { description: 'The RSVPs', example: { data: [RSVP] } } },
  deleteRsvp: { 200: { description: 'Deleted', example: { message: 'RSVP 68e2bc8d390fe44b0f398f4e deleted successfully' } } },
  deleteOwnRsvp: { 200: { description: 'Deleted', example: { message: 'RSVP for plan 68dabba350510db53d9af43d deleted successfully' } } },
  getCalendarUrl: { 200: { description: 'The URL', example: CALENDAR_URL } },
  resetCalendarUrl: { 200: { description: 'The new URL', example: CALENDAR_URL } },
  getCalendarFeed: { 200: CALENDAR_RESPONSE },
}
