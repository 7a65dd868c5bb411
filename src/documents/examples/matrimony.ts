import type { Examples } from '../../http/openapi/examples.ts'

/** A profile as its owner sends it. The response shows the same values. */
export const SENT_PROFILE = {
  Gender: 'Female',
  Date_of_Birth: '1998-04-12',
  Height: 165,
  Weight: 58,
  Religion: 'Hindu',
  Caste: 'Nair',
  Income: 600000,
  Profession: 'Teacher',
  Education: "Master's Degree",
  Bio: 'Books, rain and long walks.',
  Marital_status: 'Single',
  Location: 'Kochi',
  Language: 'Malayalam',
}

/** A preference, likewise. */
export const SENT_PREFERENCE = {
  Age: [25, 32],
  Height: [150, 185],
  Weight: [45, 85],
  Income: [300000, 2000000],
  Profession: ['Teacher', 'Doctor'],
  Education: ["Master's Degree"],
  Location: ['Kochi', 'Thrissur'],
  Language: ['Malayalam'],
  Caste: ['Nair'],
  Religion: ['Hindu'],
  Gender: 'Male',
  Marital_status: 'Single',
}

const ofOperation = (operationId: string, values: Examples): Examples =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${operationId}.${name}`, value]))

/** Values that a client may send. */
export const matrimonyExamples: Examples = {
  password: 'syam1234',
  first_name: 'syam',
  last_name: 'S',
  phone_number: '+919023459789',
  role: 'user',
  subscription_plan: 4,
  page: '1',
  id: 4,
  ...SENT_PROFILE,
  user_id: 16,
  user1_id: 28,
  user2_id: 28,
  type: 'gender',
  value: 'GENERAL',
  plan_type: 'premium',
  start_date: '2024-01-01',
  end_date: '2025-06-30',
  status: 'active',
  'addMasterValues.type': 14,
  'announceMasterValue.type_id': 14,
  'announceSubscription.plan_type': 'Gold',
  ...ofOperation('createPreference', SENT_PREFERENCE),
  ...ofOperation('changePreference', SENT_PREFERENCE),
  ...ofOperation('patchPreference', SENT_PREFERENCE),
  'createUser.email': 'syam@gmail.com',
  'createUser.is_active': true,
  'createUser.username': 'syam',
  'logIn.username': 'syam',
  'reportUser.reason': 'Asks for money.',
  'resetPassword.new_password': 'shyam123',
  'resetPassword.old_password': 'syam1234',
  'resetPassword.username': 'syam',
  'sendBulkNotification.message_content': 'A happy Diwali to all of you.',
  'sendBulkNotification.message_title': 'Diwali',
  'sendMessage.content': 'Hello!',
  'sendMessage.receiver_id': 16,
  'suspendUser.id': 28,
}
