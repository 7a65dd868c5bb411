import type { Examples } from '../../http/openapi/examples.ts'

/** Values that a client may send. */
export const facilityExamples: Examples = {
  username: 'JohnSmith',
  password: 'secret password',
  display_name: 'John',
  facility_id: '234',
  'changeAccount.consent': true,
  'changeAccount.display_name': 'Johnny',
  'changeAccount.facility_id': '235',
  'register.password_confirm': 'secret password',
}
