/** The tables of one person's alarms. */

export const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
  // recipients: JSON: the recipients at the time of the trigger.
  // messages: JSON: the messages in the response to the trigger.
  // begins_at: when step 1 is due: later than the trigger if there is a time to cancel.
  // acknowledged_via: the channel of the link; NULL if it was acknowledged without one.
  // safe_at: when the person reported that they are safe.
  `CREATE TABLE IF NOT EXISTS alarms (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL,
    username TEXT NOT NULL,
    who TEXT NOT NULL,
    location TEXT NOT NULL,
    scenario TEXT NOT NULL,
    recipients TEXT NOT NULL,
    messages TEXT NOT NULL,
    triggered_at INTEGER NOT NULL,
    begins_at INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'acknowledged', 'cancelled')),
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    acknowledged_by_id INTEGER,
    acknowledged_via TEXT,
    note TEXT NOT NULL DEFAULT '',
    safe_at INTEGER
  )`,
  `CREATE INDEX IF NOT EXISTS alarms_by_time ON alarms (triggered_at)`,
  // Calls for help that were received, so that a repeated request is recognized.
  `CREATE TABLE IF NOT EXISTS calls (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    alarm_id TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS steps (
    alarm_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (alarm_id, step)
  ) WITHOUT ROWID`,
  // Exactly one row per alarm, recipient and step, and per notice at the end. Its id is also the idempotency key that providers get.
  // alarm_id: NULL for what belongs to no open alarm: events for the desk, announcements of replies.
  // step: 0 after the end of the alarm.
  `CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    alarm_id TEXT,
    account_id INTEGER NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('alarm', 'answered', 'all-clear', 'reply', 'invitation', 'escalation')),
    step INTEGER NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'webhook', 'desk')),
    recipient TEXT NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'uncertain', 'kept', 'failed', 'stopped', 'withheld')),
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  )`,
  `CREATE INDEX IF NOT EXISTS deliveries_by_alarm ON deliveries (alarm_id, number)`,
  `CREATE INDEX IF NOT EXISTS deliveries_invitations ON deliveries (updated_at) WHERE purpose = 'invitation'`,
  `CREATE INDEX IF NOT EXISTS deliveries_by_time ON deliveries (created_at)`,
  // ended_at: NULL: in progress, or interrupted by a crash.
  `CREATE TABLE IF NOT EXISTS attempts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id TEXT NOT NULL,
    carrier TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    outcome TEXT,
    detail TEXT
  )`,
  `CREATE INDEX IF NOT EXISTS attempts_by_delivery ON attempts (delivery_id)`,
  `CREATE INDEX IF NOT EXISTS attempts_under_way ON attempts (number) WHERE ended_at IS NULL`,
  // The queue of work, with the time of each item. The platform gives an object one alarm only: it is set for the earliest item.
  // ref: the id of the delivery, the number of the step, or the index of the entry in ESCALATION.
  `CREATE TABLE IF NOT EXISTS due (
    kind TEXT NOT NULL CHECK (kind IN ('delivery', 'step', 'escalation')),
    ref TEXT NOT NULL,
    alarm_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    faults INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (alarm_id, kind, ref)
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS due_by_time ON due (at)`,
]
