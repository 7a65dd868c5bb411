import { SENT_PREFERENCE, SENT_PROFILE } from '../examples/matrimony.ts'

/** Examples that several responses show. */

/** What an account shows to itself, and to staff in a list. */
const PERSON = {
  email: 'syam@gmail.com',
  phone_number: '+919023459789',
  first_name: 'syam',
  last_name: 'S',
  joined_date: '2024-11-19',
  last_login: '2024-11-19',
}

export const USER = {
  user_id: 28,
  date_joined: '2024-11-19T16:02:30.840Z',
  username: 'syam',
  password: '********',
  ...PERSON,
  created_on: '2024-11-19',
  updated_on: '2024-11-19',
  is_active: true,
  is_superuser: false,
  is_staff: false,
  is_admin: false,
  role: 'user',
  subscription_plan: null,
  groups: [],
  user_permissions: [],
}

export const CHANGED_USER = { ...USER, subscription_plan: 4 }

const LISTED_USER = { user_id: 28, username: 'syam', ...PERSON, subscription_plan: null, is_active: true, role: 'user' }

export const INACTIVE_USER = { ...LISTED_USER, is_active: false, role: 'suspended' }

export const USERS_PAGE = { count: 1, next: null, previous: null, results: [LISTED_USER] }

const { Gender, Date_of_Birth, ...LATER_FIELDS } = SENT_PROFILE

export const PROFILE = {
  id: 16,
  Profile_img_url: 'https://concord.example/media/profile_img/0f8b6f0d6c1e4a4c9b1f3a5d7e9c2b4a.jpg',
  Gender,
  Date_of_Birth,
  Age: 26,
  ...LATER_FIELDS,
  Profile_img: '/media/profile_img/0f8b6f0d6c1e4a4c9b1f3a5d7e9c2b4a.jpg',
  created_on: '2024-11-19T16:02:30Z',
  updated_on: '2024-11-19T16:02:30Z',
  user_id: 16,
}

export const PREFERENCE = {
  id: 16,
  ...SENT_PREFERENCE,
  created_on: '2024-11-19T16:02:30Z',
  updated_on: '2024-11-19T16:02:30Z',
  user_id: 16,
}

export const MATCH_SCORE = { user1: 'syam', user2: 'anu', match_score: 75.83333333333333, status: 'accepted' }

export const SUBSCRIPTION = {
  subscription_id: 4,
  plan_type: 'premium',
  start_date: '2024-01-01',
  end_date: '2025-06-30',
  status: 'active',
  created_on: '2024-11-19T16:02:30Z',
  updated_on: '2024-11-19T16:02:30Z',
}

export const MASTER_TYPE = {
  type_id: 12,
  type: 'gender',
  created_on: '2024-11-19T16:02:30.150Z',
  updated_on: '2024-11-19T16:02:30.150Z',
}

export const MESSAGE = {
  message_id: 1,
  content: 'Hello!',
  status: 'unread',
  created_on: '2024-11-19T16:02:30Z',
  updated_on: '2024-11-19T16:02:30Z',
  received_at: '2024-11-19T16:02:30Z',
  sender_id: 28,
  receiver_id: 16,
}

export const NOTIFICATION = {
  notification_id: 7,
  notification_title: 'New caste Value Added',
  notification_content: 'A new value has been added to caste: GENERAL.',
  status: 'Unread',
  created_on: '2024-11-19T16:02:30Z',
  updated_on: '2024-11-19T16:02:30Z',
  receiver: 16,
}
