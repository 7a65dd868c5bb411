import { expect, test } from 'vitest'
import { selectedColumns } from '../support/selected-columns.ts'

test.each([
  ['select "id", "name" from "a"', ['id', 'name']],
  ['select "a"."id", "b"."id" from "a" left join "b" on ("b"."a_id" = "a"."id")', ['id', 'id']],
  ['select "a"."id", "b"."id" as "b_id", (SELECT max(x, y) FROM c) as "z" from "a"', ['id', 'b_id', 'z']],
  ['insert into "a" ("id") values (?) returning "id", "name"', ['id', 'name']],
  ['delete from "a" where "id" = ?', null],
  ['SELECT * FROM a', null],
])('%s', (statement, columns) => {
  expect(selectedColumns(statement)).toEqual(columns)
})
