import { env } from 'cloudflare:workers'

/**
 * Inserts thousands of accounts with profiles directly into the database. The ids are `from` to `to`. Nobody can log in to
 * these accounts. The values of the profiles look random, but are the same in every run.
 */
export const insertManyProfiles = async (from: number, to: number): Promise<void> => {
  const people = `WITH RECURSIVE n (i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})`
  await env.DB.prepare(
    `${people} INSERT INTO accounts (id, object_id, username, username_key, password, created_at, updated_at)
     SELECT i, printf('%024d', i), 'crowd' || i, 'crowd' || i, '', i, i FROM n`,
  ).run()
  // A number between 0 and 1 that depends on i and on the column.
  const chance = (column: number) => `(((i * ${2654435761 + column * 362436069} >> 7) * ${40503 + column * 2} & 0xffffff) / 16777216.0)`
  const randomValue = (type: string, seed: number) =>
    `(SELECT json_extract(list, '$[' || CAST(${chance(seed)} * json_array_length(list) AS INTEGER) || ']') FROM lists WHERE type = '${type}')`
  await env.DB.prepare(
    `${people}, lists AS MATERIALIZED (
       SELECT t.type AS type, json_group_array(v.value) AS list FROM master_types t JOIN master_values v ON v.type_id = t.id GROUP BY t.type)
     INSERT INTO matrimony_profiles (account_id, is_listed, gender, date_of_birth, height, weight, religion, caste, income, profession,
       education, marital_status, location, language, image, created_at, updated_at)
     SELECT i, 1, CASE WHEN i % 2 THEN 'Female' ELSE 'Male' END,
       date('2006-06-01', '-' || CAST(${chance(1)} * 37 * 365 AS INTEGER) || ' days'),
       145 + CAST(${chance(2)} * 50 AS INTEGER), 45 + CAST(${chance(3)} * 60 AS INTEGER), ${randomValue('religion', 4)}, ${randomValue('caste', 5)},
       CAST(${chance(6)} * 30 AS INTEGER) * 100000, ${randomValue('profession', 7)}, ${randomValue('education', 8)}, ${randomValue('marital_status', 9)},
       ${randomValue('location', 10)}, ${randomValue('language', 11)}, 'crowd' || i, i, i FROM n`,
  ).run()
}
