-- Blocks between members. One row works in both directions; only the account that created it may delete it.
CREATE TABLE blocks (
  blocker_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  blocked_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (blocker_id, blocked_id),
  CHECK (blocker_id <> blocked_id)
) WITHOUT ROWID;
CREATE INDEX blocks_by_blocked ON blocks (blocked_id, blocker_id);

-- Reports about members, for the staff.
CREATE TABLE member_reports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reporter_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  reported_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
  created_at INTEGER NOT NULL
);
CREATE INDEX member_reports_by_status ON member_reports (status, id);
CREATE INDEX member_reports_by_reporter ON member_reports (reporter_id, created_at);
CREATE INDEX member_reports_by_reported ON member_reports (reported_id);
