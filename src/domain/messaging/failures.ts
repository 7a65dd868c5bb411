export interface MessagingFailures {
  'no-subscription': null
  'message-limit': { readonly limit: number }
  'no-such-receiver': { readonly receiverId: number }
  'message-to-self': null
  'messaging-blocked': null
}

export const MESSAGING_EXAMPLES: MessagingFailures = {
  'no-subscription': null,
  'message-limit': { limit: 10 },
  'no-such-receiver': { receiverId: 99 },
  'message-to-self': null,
  'messaging-blocked': null,
}
