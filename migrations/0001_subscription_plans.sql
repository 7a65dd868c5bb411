-- Subscription plans of matrimony members. The table precedes `accounts`, which refers to it.
CREATE TABLE subscription_plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  plan_type TEXT NOT NULL,
  start_date TEXT NOT NULL, -- YYYY-MM-DD
  end_date TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'active',
  created_at INTEGER NOT NULL, -- here and in all other tables, times are milliseconds since 1970
  updated_at INTEGER NOT NULL
);
-- The daily cron reads the active plans that end soon, to remind their members.
CREATE INDEX subscription_plans_by_end ON subscription_plans (status, end_date);
