import { createRoute, z } from '@hono/zod-openapi'
import { Failure } from '../../domain/failures.ts'
import { addType, type MasterType } from '../../domain/master/add-type.ts'
import { addValues, checkValues, type MasterValue, type MasterValueProblem, type NewMasterValue } from '../../domain/master/add-values.ts'
import { listTypes, listValues } from '../../domain/master/list-master.ts'
import { errorResponse, ResponseThrown } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { parseError, readBody } from '../../http/bodies.ts'
import { body } from '../../http/body.ts'
import { type FieldErrors, fieldErrors, notAnObject, pythonName } from '../../http/field-errors.ts'
import { text } from '../../http/fields.ts'
import { noSuchPage, numbered, numberedPageOf, pageNumberQuery } from '../../http/numbered-pages.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { errors } from './errors.ts'
import { choice, pk, pkNotFoundText } from './fields.ts'
import { MASTER_DATA_FORBIDDEN, superuserOnly } from './guards.ts'

const PAGE_SIZE = 10

const TYPES = ['gender', 'caste', 'religion', 'profession', 'education', 'location', 'language', 'marital_status'] as const

const Type = z.object({ type_id: z.int(), type: z.enum(TYPES), created_on: z.string(), updated_on: z.string() }).openapi('MasterType')

const typeToWire = ({ id, type, createdAt, updatedAt }: MasterType): z.infer<typeof Type> => ({
  type_id: id,
  type,
  created_on: isoTime(createdAt),
  updated_on: isoTime(updatedAt),
})

const GENDER: z.infer<typeof Type> = {
  type_id: 12,
  type: 'gender',
  created_on: '2024-11-19T16:02:30.150Z',
  updated_on: '2024-11-19T16:02:30.150Z',
}

const Value = z
  .object({ id: z.int(), type: z.int(), value: z.string(), code: z.string(), created_on: z.string(), updated_on: z.string() })
  .openapi('MasterValue')

const valueToWire = ({ id, typeId, value, code, createdAt, updatedAt }: MasterValue): z.infer<typeof Value> => ({
  id,
  type: typeId,
  value,
  code,
  created_on: isoTime(createdAt),
  updated_on: isoTime(updatedAt),
})

const MALE: z.infer<typeof Value> = {
  id: 1,
  type: 12,
  value: 'Male',
  code: 'GE001',
  created_on: GENDER.created_on,
  updated_on: GENDER.updated_on,
}

const NewValue = z.object({ type: pk({ example: 14 }), value: text({ max: 255, example: 'GENERAL' }) })

const notAList = (value: unknown) =>
  errorResponse(400, { non_field_errors: [`Expected a list of items but got type "${pythonName(value)}".`] })

const EMPTY_LIST = errorResponse(400, { non_field_errors: ['This list may not be empty.'] })

const invalidRows = (rows: readonly FieldErrors[]) => errorResponse(400, rows)

const problemToWire = (problem: MasterValueProblem | null | undefined, value: NewMasterValue | undefined): FieldErrors => ({
  ...(problem?.noSuchType && value && { type: [pkNotFoundText(value.typeId)] }),
  ...(problem?.taken && { value: ['master table with this value already exists.'] }),
})

/** The field errors of each row that was sent, in the same order; `{}` for a valid row. */
const errorsByRow = (
  values: readonly (NewMasterValue | FieldErrors)[],
  problems: readonly (MasterValueProblem | null)[],
): FieldErrors[] => {
  const remaining = [...problems]
  return values.map((value) => (isValue(value) ? problemToWire(remaining.shift(), value) : value))
}

const isValue = (value: NewMasterValue | FieldErrors): value is NewMasterValue => typeof value.typeId === 'number'

const parseValue = (input: unknown): NewMasterValue | FieldErrors => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return notAnObject(input)
  const parsed = NewValue.safeParse(input)
  return parsed.success ? { typeId: parsed.data.type, value: parsed.data.value } : fieldErrors(parsed.error.issues)
}

/** The routes under /commonmatch/. */
export const commonmatch = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/commonmatch/',
      summary: 'Create a master data type',
      ...superuserOnly,
      request: { body: body(z.object({ type: choice(TYPES, { example: 'gender' }) })) },
      responses: {
        200: success(z.object({ message: z.string() }).extend(Type.shape), 'Type created', {
          message: 'New type successfully created!',
          ...GENDER,
        }),
        ...errors.responses('type-exists', MASTER_DATA_FORBIDDEN),
      },
    }),
    async (c) => {
      const created = errors.unwrap(await addType(c.var.context, c.req.valid('json').type))
      return c.json({ message: 'New type successfully created!', ...typeToWire(created) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/commonmatch/getdetails/',
      summary: 'List the master data types, ten per page',
      ...superuserOnly,
      request: { query: pageNumberQuery },
      responses: {
        200: success(numberedPageOf(Type), 'A page', { count: 8, next: null, previous: null, results: [GENDER] }),
        ...errors.responses(MASTER_DATA_FORBIDDEN, noSuchPage),
      },
    }),
    async (c) => c.json(numbered(c, await listTypes(c.var.context, c.req.valid('query').page, PAGE_SIZE), PAGE_SIZE, typeToWire), 200),
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/commonmatch/master/',
      summary: 'Add master data values',
      description: 'Adds all values or none. If a value is invalid, the response lists the errors of each row; valid rows are `{}`.',
      ...superuserOnly,
      // This is the only body that is a list, so the handler reads it itself; `body(…)` reads objects only.
      request: { body: { required: true, content: { 'application/json': { schema: z.array(NewValue) } } } },
      responses: {
        200: success(z.object({ message: z.string(), data: z.array(Value) }), 'Values added', {
          message: 'Master data created Successfully',
          data: [{ ...MALE, id: 332, type: 14, value: 'Nadar', code: 'CA064' }],
        }),
        ...errors.responses(
          MASTER_DATA_FORBIDDEN,
          { name: 'invalid-values', answer: invalidRows([{}, { type: [pkNotFoundText(55)] }]) },
          { name: 'not-a-list', answer: notAList({}) },
          { name: 'empty-list', answer: EMPTY_LIST },
          { name: 'malformed-json', answer: parseError('Unexpected token') },
        ),
      },
    }),
    async (c) => {
      const { context } = c.var
      const input = await readBody(c.req.raw)
      if (!Array.isArray(input)) throw new ResponseThrown(notAList(input))
      if (input.length === 0) throw new ResponseThrown(EMPTY_LIST)
      const rows = input.map(parseValue)
      const values = rows.filter(isValue)
      if (values.length < rows.length) throw new ResponseThrown(invalidRows(errorsByRow(rows, await checkValues(context, values))))
      const added = await addValues(context, values)
      if (added instanceof Failure) throw new ResponseThrown(invalidRows(errorsByRow(rows, added.detail.problems)))
      return c.json({ message: 'Master data created Successfully', data: added.map(valueToWire) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/commonmatch/list/',
      summary: 'List all master data values, ten per page',
      ...superuserOnly,
      request: { query: pageNumberQuery },
      responses: {
        200: success(numberedPageOf(Value), 'A page', { count: 195, next: null, previous: null, results: [MALE] }),
        ...errors.responses(MASTER_DATA_FORBIDDEN, noSuchPage),
      },
    }),
    async (c) => c.json(numbered(c, await listValues(c.var.context, c.req.valid('query').page, PAGE_SIZE), PAGE_SIZE, valueToWire), 200),
  )
}
