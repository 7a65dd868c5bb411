/** What a person reads about the messages of their own alarm. */

export interface HelpDelivery {
  readonly recipient: string
  readonly channel: string
  readonly state: string
  readonly purpose: string
}

type Purpose = 'alarm' | 'all-clear'
type Text = (name: string, channel: string, safe: string) => string

/** The best state first: a recipient who got one message was notified, even if another message to them is still pending. */
const TEXTS: Readonly<Record<string, Text>> = {
  sent: (name, channel, safe) => `${name} was notified ${channel}${safe}.`,
  uncertain: (name, channel, safe) => `${name} was probably notified ${channel}${safe}: the service did not confirm it.`,
  pending: (name, channel, safe) => `Notifying ${name} ${channel}${safe}…`,
  kept: (name, channel, safe) => `${name} was not notified${safe}: the message ${channel} was only kept here, and was not sent.`,
  failed: (name, channel, safe) => `${name} could not be notified ${channel}${safe}.`,
  stopped: (name, channel) => `${name} was not notified ${channel}: the alarm ended before.`,
  withheld: (name, channel) => `${name} was not notified ${channel}: you have reached the limit of people or messages for today.`,
}

const RANKS = Object.keys(TEXTS)

const CHANNELS: Readonly<Record<string, string>> = { email: 'by e-mail', sms: 'by SMS' }

/** One sentence for each person and channel, in the order of the deliveries. */
export const deliveryTexts = (deliveries: readonly HelpDelivery[], purpose: Purpose): string[] => {
  const best = new Map<string, HelpDelivery>()
  for (const delivery of deliveries) {
    if (delivery.purpose !== purpose) continue
    const key = JSON.stringify([delivery.recipient, delivery.channel])
    const known = best.get(key)
    if (!known || RANKS.indexOf(delivery.state) < RANKS.indexOf(known.state)) best.set(key, delivery)
  }
  const safe = purpose === 'all-clear' ? ' that you are safe' : ''
  return [...best.values()].flatMap(({ recipient, channel, state }) => TEXTS[state]?.(recipient, CHANNELS[channel] ?? channel, safe) ?? [])
}
