import { ACCOUNT_FIELDS } from './common.ts'
import { boolean, date, file, integer, json, nullable, phone, real, text, timestamp } from './kinds.ts'
import { ACCOUNT, field, link, owner, tableModel } from './model.ts'

export const customUser = tableModel('app_user.customuser', {
  table: 'app_user_customuser',
  key: { column: 'user_id' },
  isAccount: true,
  fields: {
    ...ACCOUNT_FIELDS,
    email: field(text),
    phone_number: field(nullable(phone)),
    first_name: field(text),
    last_name: field(text),
    joined_date: field(date),
    last_login: field(date),
    created_on: field(date),
    updated_on: field(date),
    is_admin: field(boolean),
    role: field(text),
    subscription_plan: link('app_subscription.subscription'),
  },
})

const CHANGES = { created_on: field(timestamp), updated_on: field(timestamp) }

const SUBSCRIPTION = 'app_subscription.subscription'
const SUBSCRIPTION_TABLE = { table: 'app_subscription_subscription', key: { column: 'subscription_id' } }

export const subscription = tableModel(SUBSCRIPTION, {
  ...SUBSCRIPTION_TABLE,
  fields: { ...CHANGES, plan_type: field(text), start_date: field(date), end_date: field(date), status: field(text) },
})

const NO_PRICES = 'the contract has no prices and no durations: the plan runs from the day on which it was made'

/** The newest version has a length and a price instead of dates. */
export const laterSubscription = tableModel(SUBSCRIPTION, {
  ...SUBSCRIPTION_TABLE,
  version: 'duration',
  fields: { ...CHANGES, plan_type: field(text), duration: field(text), price: field(real), is_active: field(boolean) },
  omissions: [{ reason: NO_PRICES, isIn: () => true }],
})

/** The column has the field's name and `_id`, and the field is called `user_id` already. */
const user = owner(ACCOUNT)
const optionalText = field(nullable(text))
const optionalInteger = field(nullable(integer))

export const matrimonyProfile = tableModel('app_userprofile.userprofile', {
  table: 'app_userprofile_userprofile',
  fields: {
    ...CHANGES,
    user_id: user,
    Gender: optionalText,
    Date_of_Birth: field(nullable(date)),
    Age: optionalInteger,
    Height: optionalInteger,
    Weight: optionalInteger,
    Religion: optionalText,
    Caste: optionalText,
    Income: optionalInteger,
    Profession: optionalText,
    Education: optionalText,
    Bio: optionalText,
    Language: optionalText,
    Location: optionalText,
    Marital_status: optionalText,
    Profile_img: field(file),
    is_active: field(boolean),
  },
})

const optionalJson = field(nullable(json))

export const preference = tableModel('app_preference.preference', {
  table: 'app_preference_preference',
  fields: {
    ...CHANGES,
    user_id: user,
    Age: optionalJson,
    Height: optionalJson,
    Weight: optionalJson,
    Income: optionalJson,
    Profession: optionalJson,
    Education: optionalJson,
    Location: optionalJson,
    Language: optionalJson,
    Caste: optionalJson,
    Religion: optionalJson,
    Gender: optionalText,
    Marital_status: optionalText,
    is_active: field(boolean),
  },
})

export const matching = tableModel('app_matching.matching', {
  table: 'app_matching_matching',
  fields: { ...CHANGES, user1: owner(ACCOUNT), user2: owner(ACCOUNT), match_score: field(nullable(real)), status: field(text) },
})

const MESSAGE = 'app_message.message'

const MESSAGE_FIELDS = {
  ...CHANGES,
  sender_id: user,
  receiver_id: user,
  content: field(text),
  status: field(text),
  received_at: field(timestamp),
}

const MESSAGE_TABLE = { table: 'app_message_message', key: { column: 'message_id' } }

export const message = tableModel(MESSAGE, { ...MESSAGE_TABLE, fields: MESSAGE_FIELDS })

export const NO_REQUESTS = 'the contract has no connection requests'

export const isRequest = ({ message_type: type }: { readonly message_type?: unknown }): boolean => type === 'request'

/** The newest version has connection requests. */
export const laterMessage = tableModel(MESSAGE, {
  ...MESSAGE_TABLE,
  version: 'message_type',
  fields: { ...MESSAGE_FIELDS, message_type: field(text) },
  omissions: [{ reason: NO_REQUESTS, isIn: isRequest }],
})

export const notification = tableModel('app_notification.notification', {
  table: 'app_notification_notification',
  key: { column: 'notification_id' },
  fields: {
    ...CHANGES,
    receiver: owner(ACCOUNT),
    notification_title: field(text),
    notification_content: field(text),
    status: field(text),
  },
})

export const masterType = tableModel('app_commonmatching.commonmatchingtable', {
  table: 'app_commonmatching_commonmatchingtable',
  key: { column: 'type_id' },
  fields: { ...CHANGES, type: field(text) },
})

export const masterValue = tableModel('app_commonmatching.mastertable', {
  table: 'app_commonmatching_mastertable',
  fields: { ...CHANGES, type: owner(masterType.name), value: field(text), code: field(text) },
})

export const MATRIMONY_MODELS = [
  customUser,
  laterSubscription,
  subscription,
  matrimonyProfile,
  preference,
  matching,
  laterMessage,
  message,
  notification,
  masterType,
  masterValue,
]
