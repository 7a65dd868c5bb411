import type { ResponseTexts } from '../../http/openapi/responses.ts'

const EMERGENCY_CONTACT = { id: 1, name: 'Ann', phone: '+380501234567', email: 'ann@example.com', relationship: 'sister' }

const THERAPIST_CONTACT = { id: 1, name: 'Dr. Hall', phone: '+380507654321', email: 'hall@example.com' }

const ALARM_TRIGGERED = {
  scenario: 'Pattern 2',
  messages: [
    { music_url: 'https://example.com/newsong1.mp3' },
    'Your sister (Ann) received a notification by email.',
    'Your therapist (Dr. Hall) was notified.',
  ],
  alarm_id: '6740e2bc8d390fe44b0f398f',
  status: 'open',
}

/** What the document shows of each success, by operation and status. */
export const recoveryResponses: ResponseTexts = {
  register: { 201: { description: 'Registered', example: { message: 'User Created' } } },
  logIn: { 200: { description: 'A token', example: { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…' } } },
  logOut: { 200: { description: 'Logged out', example: { message: 'Logged out.' } } },
  listSessions: {
    200: {
      description: 'Every valid credential of the account',
      example: [
        {
          id: '0f8fad5bd9cb469fa16570867728950e',
          kind: 'token',
          created_at: '2026-11-20T10:30:00Z',
          last_seen: '2026-11-20',
          user_agent: 'curl/8.5.0',
          current: true,
        },
      ],
    },
  },
  endOtherSessions: { 200: { description: 'The number of ended sessions', example: { revoked: 2 } } },
  endSession: { 204: { description: 'Session ended' } },
  getUserInfo: {
    200: {
      description: 'The user info',
      example: {
        id: 2,
        user: 2,
        username: 'sam',
        age: 34,
        location: 'Kyiv',
        military_status: true,
        ptsd_level: 3,
        music: 1,
        therapist_contact: 1,
        scenario: 3,
      },
    },
  },
  changeUserInfo: {
    200: {
      description: 'The changed user info',
      example: {
        message: 'UserInfo updated successfully.',
        updated_data: { age: 34, location: 'Kyiv', military_status: true, ptsd_level: 3, therapist_contact: 1, scenario: 3 },
      },
    },
  },
  addContact: {
    201: { description: 'The contact', example: { message: 'A new emergency contact has been created.', data: EMERGENCY_CONTACT } },
  },
  listContacts: { 200: { description: 'The contacts', example: [EMERGENCY_CONTACT] } },
  deleteContact: { 204: { description: 'Deleted' } },
  addTherapist: {
    201: { description: 'The therapist', example: { message: 'A new therapist contact has been created.', data: THERAPIST_CONTACT } },
  },
  changeTherapist: {
    200: { description: 'The therapist', example: { message: 'Therapist contact has been updated.', data: THERAPIST_CONTACT } },
  },
  listMusicTracks: {
    200: { description: 'The tracks', example: [{ id: 1, name: 'New Song 1', url: 'https://example.com/newsong1.mp3' }] },
  },
  chooseMusicTrack: { 200: { description: 'Track chosen', example: { message: 'Music track updated successfully' } } },
  listAlarmScenarios: {
    200: {
      description: 'The scenarios',
      example: [{ id: 3, name: 'Pattern 2', play_music: true, notify_contact: true, notify_therapist: true }],
    },
  },
  triggerAlarm: { 200: { description: 'The new alarm, or the open one that the trigger joined', example: ALARM_TRIGGERED } },
  triggerAlarmByPost: { 200: { description: 'The new alarm, or the open one that the trigger joined', example: ALARM_TRIGGERED } },
  listAlarms: {
    200: {
      description: 'The alarms',
      example: {
        alarms: [
          {
            alarm_id: '6740e2bc8d390fe44b0f398f',
            scenario: 'Pattern 2',
            status: 'acknowledged',
            triggered_at: '2026-11-20T18:55:00Z',
            acknowledged_at: '2026-11-20T18:58:12Z',
            acknowledged_by: 'sam',
            note: 'False alarm.',
            deliveries: [
              {
                id: '6740e2bc8d390fe44b0f398f.contact-1.1',
                step: 1,
                recipient: 'Ann',
                channel: 'email',
                state: 'sent',
                attempts: 1,
                updated_at: '2026-11-20T18:55:01Z',
              },
            ],
          },
        ],
      },
    },
  },
  acknowledgeAlarm: {
    200: { description: 'The alarm is acknowledged', example: { alarm_id: '6740e2bc8d390fe44b0f398f', status: 'acknowledged' } },
  },
  messageAssistant: { 200: { description: "The assistant's reply", example: { response: 'I am a program, not a person…' } } },
  openSupportChat: {
    200: { description: 'The WebSocket URL', example: { user_id: 2, is_admin: false, websocket_url: 'wss://concord.example/ws/chat/2/' } },
  },
  listSupportMessages: {
    200: {
      description: 'The messages',
      example: {
        messages: [{ id: 12, message: 'I am here.', from_admin: true, sender_id: 1, sent_at: '2026-11-20T18:55:00Z' }],
        unread: 1,
      },
    },
  },
  downloadTranscriptAsText: { 200: { description: 'The conversation up to the time of the request' } },
  downloadTranscriptAsJson: { 200: { description: 'The conversation up to the time of the request' } },
  connectToRoom: { 101: { description: 'Switching to the WebSocket protocol' } },
  connectToDesk: { 101: { description: 'Switching to the WebSocket protocol' } },
  connectToDeskByShortPath: { 101: { description: 'Switching to the WebSocket protocol' } },
}
