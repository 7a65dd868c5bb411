export interface MessagingFailures {
  'no-subscription': null
  'message-limit': { readonly limit: number }
  'no-such-receiver': { readonly receiverId: number }
  'messages-self': null
  'not-receiving': null
}

export const MESSAGING_EXAMPLES: MessagingFailures = {
  'no-subscription': null,
  'message-limit': { limit: 10 },
  'no-such-receiver': { receiverId: 99 },
  'messages-self': null,
  'not-receiving': null,
}
