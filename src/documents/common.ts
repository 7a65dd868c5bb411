import type { Descriptions } from '../http/openapi/descriptions.ts'

/** What properties of every contract mean. */
export const commonProperties: Descriptions = {
  detail: 'What is wrong, or what was done, as a sentence.',
  error: 'What is wrong, as a sentence.',
  message: 'What was done, or what is wrong, as a sentence.',
  request_id: 'Identifies the request in the log of the server. It is also in the header `X-Request-Id`.',
  password: 'It is used exactly as it was sent, with spaces around it.',
  password_confirm: 'The password again.',
  token: 'A token for the header `Authorization`. It is valid for 30 days, unless the server is set up otherwise.',
  limit: 'The maximum number of items, 1000 at most and by default.',
}
