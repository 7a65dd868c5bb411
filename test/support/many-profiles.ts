import { env } from 'cloudflare:workers'

const rowsOf = (from: number, to: number) => `WITH RECURSIVE n (i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})`

/** The trigger that stores the beginnings of a new account's names, for the search. */
const SEARCH_TRIGGER = 'name_prefixes_after_insert'

/**
 * Inserts thousands of accounts directly into the database. The ids are `from` to `to`. No one can log in to these accounts, and the
 * search does not find them: the trigger stores a row for each beginning of each name, which takes four fifths of the time.
 */
export const insertManyAccounts = async (from: number, to: number): Promise<void> => {
  const trigger = await env.DB.prepare('SELECT sql FROM sqlite_master WHERE name = ?').bind(SEARCH_TRIGGER).first<string>('sql')
  if (trigger === null) throw new Error(`there is no trigger ${SEARCH_TRIGGER}`)
  await env.DB.batch([
    env.DB.prepare(`DROP TRIGGER ${SEARCH_TRIGGER}`),
    env.DB.prepare(
      `${rowsOf(from, to)} INSERT INTO accounts (id, object_id, username, username_key, password, created_at, updated_at)
       SELECT i, printf('%024d', i), 'crowd' || i, 'crowd' || i, '', i, i FROM n`,
    ),
    env.DB.prepare(trigger),
  ])
}

/** Inserts such accounts with profiles. The values of the profiles look random, but are the same in every run. */
export const insertManyProfiles = async (from: number, to: number): Promise<void> => {
  await insertManyAccounts(from, to)
  // A number between 0 and 1 that depends on i and on the column.
  const chance = (column: number) => `(((i * ${2654435761 + column * 362436069} >> 7) * ${40503 + column * 2} & 0xffffff) / 16777216.0)`
  const randomValue = (type: string, seed: number) =>
    `(SELECT json_extract(list, '$[' || CAST(${chance(seed)} * json_array_length(list) AS INTEGER) || ']') FROM lists WHERE type = '${type}')`
  // JSONB: SQLite would parse the text of seven lists for each row.
  await env.DB.prepare(
    `${rowsOf(from, to)}, lists AS MATERIALIZED (
       SELECT t.type AS type, jsonb_group_array(v.value) AS list FROM master_types t JOIN master_values v ON v.type_id = t.id GROUP BY t.type)
     INSERT INTO matrimony_profiles (account_id, is_listed, gender, date_of_birth, height, weight, religion, caste, income, profession,
       education, marital_status, location, language, image, created_at, updated_at)
     SELECT i, 1, CASE WHEN i % 2 THEN 'Female' ELSE 'Male' END,
       date('2006-06-01', '-' || CAST(${chance(1)} * 37 * 365 AS INTEGER) || ' days'),
       145 + CAST(${chance(2)} * 50 AS INTEGER), 45 + CAST(${chance(3)} * 60 AS INTEGER), ${randomValue('religion', 4)}, ${randomValue('caste', 5)},
       CAST(${chance(6)} * 30 AS INTEGER) * 100000, ${randomValue('profession', 7)}, ${randomValue('education', 8)}, ${randomValue('marital_status', 9)},
       ${randomValue('location', 10)}, ${randomValue('language', 11)}, 'crowd' || i, i, i FROM n`,
  ).run()
}
