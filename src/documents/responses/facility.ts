import type { ResponseTexts } from '../../http/openapi/responses.ts'

const USER = {
  id: 1,
  username: 'JohnSmith',
  firstName: '',
  lastName: '',
  display_name: 'John',
  facility_id: '234',
  profile_picture: '',
  consent: false,
  preferences: { theme: 'light', text_size: 'txt-base' },
}

/** What the document shows of each success, by operation and status. */
export const facilityResponses: ResponseTexts = {
  register: { 201: { description: 'Registered and logged in', example: { detail: 'Registration successful', data: { user: USER } } } },
  getAccount: {
    200: { description: 'The caller', example: { data: { user: { ...USER, firstName: 'John', lastName: 'Smith' } } } },
  },
  changeAccount: {
    200: {
      description: 'Changed',
      example: { detail: 'User information updated successfully', data: { user: { ...USER, display_name: 'Johnny' } } },
    },
  },
  logIn: { 200: { description: 'Logged in', example: { detail: 'Login successful', data: { user: USER } } } },
  logOut: { 200: { description: 'Logged out', example: { detail: 'Logout successful' } } },
}
