import { env } from 'cloudflare:workers'

export const insert = async (table: string, values: Readonly<Record<string, string | number | null>>): Promise<void> => {
  const names = Object.keys(values)
  await env.DB.prepare(`INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .bind(...Object.values(values))
    .run()
}

export const hex = (stem: string, length: number): string =>
  (stem + crypto.randomUUID().replaceAll('-', '')).slice(0, length).padEnd(length, '0')

/** Rows of every table whose rows are in the copy of a person's data, with `id` as their owner and `other` as the other person. */
export const insertEverything = async (id: number, other: number): Promise<void> => {
  const times = { created_at: 1, updated_at: 1 }
  const [plan, theirPlan, cancelled, theirCancelled] = [hex('a', 24), hex('b', 24), hex('c', 24), hex('d', 24)]
  await insert('practice_profiles', { account_id: id, bio: 'zebra bio' })
  await insert('facility_profiles', { account_id: id })
  await insert('meetup_profiles', { account_id: id, date_of_birth: '1990-01-01' })
  await insert('matrimony_profiles', { account_id: id, is_listed: 1, image: `${hex('', 32)}.jpg`, ...times })
  await insert('match_preferences', { account_id: id, profession: '["vet"]', ...times })
  await insert('subscription_plans', { plan_type: 'gold', start_date: '2026-01-01', end_date: '2027-01-01', ...times })
  await env.DB.prepare('UPDATE accounts SET subscription_plan_id = (SELECT max(id) FROM subscription_plans) WHERE id = ?').bind(id).run()
  await insert('calendar_feeds', { account_id: id, token: `secret${hex('', 26)}`, created_at: 1 })
  await insert('friend_request_counts', { account_id: id, since: 1, requests: 1 })
  await insert('open_alarms', { account_id: id, checked_at: 1 })
  await insert('alarm_histories', { account_id: id, oldest_at: 1 })
  await insert('socket_users', { account_id: id })
  const passkey = { id: hex('b', 32), account_id: id, webauthn_id: `zebra ${id}`, public_key: '', algorithm: -7, sign_count: 0 }
  await insert('passkeys', { ...passkey, name: 'Zebra key', created_at: 1 })
  await insert('login_networks', { account_id: id, network: 'digest', last_at: 1 })
  const name = `Zebra ${id}`
  await insert('contract_names', { contract: 'recovery', name, name_key: name.toLowerCase(), account_id: id })
  await insert('practice_sessions', { account_id: id, name: 'Sit', date: '2026-01-01', duration: 5, created_at: 1 })
  await insert('assistant_turns', { account_id: id, role: 'user', text: 'zebra', created_at: 1 })
  await insert('outbox', {
    key: `k${id}`,
    account_id: id,
    channel: 'sms',
    recipient: 'Ann',
    address: '+49',
    subject: '',
    body: 'b',
    created_at: 1,
  })
  await insert('direct_messages', { sender_id: id, receiver_id: other, content: 'zebra sent', ...times })
  await insert('direct_messages', { sender_id: other, receiver_id: id, content: 'zebra received', ...times })
  await insert('announcements', { title: 'News', content: 'Zebra news', created_at: 1 })
  const announcement = (await env.DB.prepare('SELECT max(id) AS id FROM announcements').first<number>('id')) ?? 0
  await insert('notifications', { receiver_id: id, announcement_id: announcement, kind: 'bulk', ...times })
  await insert('announcements', { title: 'News', content: 'Zebra news', kind: 'bulk', created_at: 1 })
  await insert('announcement_reads', { account_id: id, notification_id: 1, kind: 'bulk', read_at: 1 })
  await insert('announcement_gaps', { account_id: id, after_id: 0, until_id: 0 })
  await insert('matches', { user1_id: id, user2_id: other, score: 50, status: 'pending', ...times })
  await insert('friend_records', { id: hex('e', 24), sender_id: id, receiver_id: other, ...times })
  await insert('plans', { id: plan, creator_id: id, title: 'Zebra picnic', location: '{"name":"Park"}', end_time: 1, ...times })
  await insert('plans', { id: theirPlan, creator_id: other, title: 'P', location: '{"name":"Park"}', end_time: 1, ...times })
  await insert('rsvps', { id: hex('f', 24), plan_id: theirPlan, account_id: id, created_at: 1 })
  await insert('plan_dismissals', { plan_id: theirPlan, account_id: id, created_at: 1 })
  const cancellation = { title: 'Zebra off', end_time: 1, sequence: 1, created_at: 1, cancelled_at: 1 }
  await insert('cancelled_plans', { id: cancelled, creator_id: id, ...cancellation })
  await insert('cancelled_plans', { id: theirCancelled, creator_id: other, ...cancellation })
  await insert('cancelled_plan_people', { account_id: id, plan_id: theirCancelled })
}
