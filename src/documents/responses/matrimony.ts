import type { ResponseTexts } from '../../http/openapi/responses.ts'
import {
  CHANGED_USER,
  INACTIVE_USER,
  MASTER_TYPE,
  MATCH_SCORE,
  MESSAGE,
  NOTIFICATION,
  PREFERENCE,
  PROFILE,
  SUBSCRIPTION,
  USER,
  USERS_PAGE,
} from './matrimony-examples.ts'

/** What the document shows of each success, by operation and status. */
export const matrimonyResponses: ResponseTexts = {
  createUser: { 201: { description: 'Created', example: { message: 'User Created Successfully' } } },
  logIn: { 200: { description: 'A token', example: { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…' } } },
  logOut: { 200: { description: 'Logged out', example: { message: 'Logout Successfully' } } },
  getAccount: { 200: { description: 'The account', example: USER } },
  changeAccount: { 200: { description: 'The changed account', example: CHANGED_USER } },
  patchAccount: { 200: { description: 'The changed account', example: CHANGED_USER } },
  deactivateAccount: { 200: { description: 'Deactivated', example: { message: 'User Syam deactivated successfully' } } },
  deactivateAccountByPut: { 200: { description: 'Deactivated', example: { message: 'User Syam deactivated successfully' } } },
  resetPassword: { 200: { description: 'Changed', example: { message: 'Password reset successfully.' } } },
  listUsers: { 200: { description: 'A page', example: USERS_PAGE } },
  listActiveUsers: { 200: { description: 'A page', example: USERS_PAGE } },
  listInactiveUsers: { 200: { description: 'The accounts', example: [INACTIVE_USER] } },
  suspendUser: { 200: { description: 'Suspended', example: { message: 'User syam deactivated successfully.' } } },
  createProfile: { 201: { description: 'Created', example: { message: 'Profile created successfully' } } },
  listProfiles: { 200: { description: 'A page', example: { count: 1, next: null, previous: null, results: [PROFILE] } } },
  getProfile: { 200: { description: 'The profile', example: PROFILE } },
  changeProfile: { 200: { description: 'The profile', example: PROFILE } },
  patchProfile: { 200: { description: 'The profile', example: PROFILE } },
  deleteProfile: { 200: { description: 'Deleted', example: { Message: 'Profile deleted successfully' } } },
  createPreference: { 201: { description: 'Created', example: { message: 'Preference added successfully' } } },
  getPreference: { 200: { description: 'The preference', example: PREFERENCE } },
  changePreference: { 200: { description: 'The preference', example: PREFERENCE } },
  patchPreference: { 200: { description: 'The preference', example: PREFERENCE } },
  scoreMatch: { 201: { description: "How well user2's profile matches user1's preference", example: MATCH_SCORE } },
  scoreMatchByPost: { 201: { description: "How well user2's profile matches user1's preference", example: MATCH_SCORE } },
  listBestMatches: {
    200: { description: 'The best matches', example: [{ user1_id: 28, user2_id: 16, match_score: 88.33333333333333, status: 'accepted' }] },
  },
  blockUser: { 201: { description: 'Blocked', example: { message: 'User blocked successfully' } } },
  unblockUser: { 200: { description: 'Unblocked', example: { message: 'User unblocked successfully' } } },
  reportUser: { 201: { description: 'Reported', example: { message: 'User reported successfully' } } },
  addMasterType: { 200: { description: 'Type created', example: { message: 'New type successfully created!', ...MASTER_TYPE } } },
  listMasterTypes: { 200: { description: 'A page', example: { count: 8, next: null, previous: null, results: [MASTER_TYPE] } } },
  addMasterValues: {
    200: {
      description: 'Values added',
      example: {
        message: 'Master data created Successfully',
        data: [
          {
            id: 332,
            type: 14,
            value: 'Nadar',
            code: 'CA064',
            created_on: '2024-11-19T16:02:30.150Z',
            updated_on: '2024-11-19T16:02:30.150Z',
          },
        ],
      },
    },
  },
  listMasterValues: {
    200: {
      description: 'A page',
      example: {
        count: 195,
        next: null,
        previous: null,
        results: [
          { id: 1, type: 12, value: 'Male', code: 'GE001', created_on: '2024-11-19T16:02:30.150Z', updated_on: '2024-11-19T16:02:30.150Z' },
        ],
      },
    },
  },
  createSubscription: { 201: { description: 'Created', example: { message: 'Subscription added Successfully', ...SUBSCRIPTION } } },
  listSubscriptions: { 200: { description: 'A page', example: { count: 1, next: null, previous: null, results: [SUBSCRIPTION] } } },
  getSubscription: { 200: { description: 'The plan', example: SUBSCRIPTION } },
  replaceSubscription: { 200: { description: 'The plan', example: SUBSCRIPTION } },
  changeSubscription: { 200: { description: 'The plan', example: SUBSCRIPTION } },
  deleteSubscription: { 200: { description: 'Deleted', example: { message: 'Subscription plan deleted successfully' } } },
  listUnreadMessagesOfUser: {
    200: {
      description: 'The messages, newest first',
      example: { unread_count: 1, unread_messages: [MESSAGE], notification: 'You have 1 unread messages.' },
    },
  },
  announceNewestProfile: {
    201: { description: 'Notifications sent', example: { message: 'Notifications sent successfully to all matched users.' } },
    204: { description: 'No account matches, so nothing was sent' },
  },
  sendBulkNotification: {
    201: { description: 'Notifications sent', example: { message: 'Diwali message sent successfully to all active users.' } },
    204: { description: 'No account matches, so nothing was sent' },
  },
  announceMasterValue: {
    201: { description: 'Value added', example: { message: "New caste value 'GENERAL' added successfully and notifications sent." } },
  },
  remindOfExpiringSubscriptions: {
    200: { description: 'Reminders sent', example: { message: 'Notifications sent to 3 user(s) with expiring subscriptions.' } },
  },
  announceSubscription: {
    200: { description: 'Plan created', example: { message: "Subscription plan 'Gold' created and notifications sent to 6 user(s)." } },
  },
  listNotifications: { 200: { description: 'The notifications', example: [NOTIFICATION] } },
  listUnreadNotifications: { 200: { description: 'The notifications', example: [NOTIFICATION] } },
  sendMessage: { 201: { description: 'Sent', example: { message: 'Message Sent Successfully' } } },
  listReadMessages: { 200: { description: 'The messages', example: [MESSAGE] } },
  listReceivedMessages: { 200: { description: 'The messages', example: [MESSAGE] } },
  listReceivedMessagesByLongPath: { 200: { description: 'The messages', example: [MESSAGE] } },
  listUnreadMessages: { 200: { description: 'The messages', example: [MESSAGE] } },
  listConversation: { 200: { description: 'The messages', example: [MESSAGE] } },
  listMatchNotifications: {
    200: {
      description: 'The notifications, with their status before this request',
      example: {
        message: 'New match notification send successfully',
        match_notifications: [
          {
            id: 7,
            title: 'New Match Found',
            content: 'Congratulations! A new match has been found: User ID 16.',
            status: 'Unread',
            created_on: '2024-11-19T16:02:30Z',
          },
        ],
      },
    },
    204: { description: 'There are no notifications' },
  },
  listBulkNotifications: { 200: { description: 'The notifications' }, 204: { description: 'There are no notifications' } },
  listMasterDataNotifications: { 200: { description: 'The notifications' }, 204: { description: 'There are no notifications' } },
  listReminders: { 200: { description: 'The notifications' }, 204: { description: 'There are no notifications' } },
  listSubscriptionNotifications: {
    200: { description: 'The notifications, with their status before this request' },
    204: { description: 'There are no notifications' },
  },
}
