import * as z from 'zod/mini'
import { addType, addValues, checkValues, listTypes, listValues } from '../../domain/master.ts'
import { type FieldErrors, fieldErrors, notAnObject, pythonName } from '../../http/request/field-errors.ts'
import { text } from '../../http/request/fields.ts'
import { invalidPage, numberedPageOf, numberedPageToWire, pageNumberQuery } from '../../http/request/page-number.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, HttpError } from '../../http/response/errors.ts'
import { ok } from '../../http/response/specs.ts'
import { route } from '../../http/routing/route.ts'
import { MASTER_TYPES, type MasterType, type MasterValue, type MasterValueProblem, type NewMasterValue } from '../../model/master.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { Failure } from '../../model/result.ts'
import { isoTime } from '../../model/time.ts'
import { superuserOnly } from './access.ts'
import { errors } from './errors.ts'
import { choice, MessageResponse, pk, pkNotFoundText } from './fields.ts'

const PAGE_SIZE = 10

const Type = documented(z.object({ type_id: z.int(), type: z.enum(MASTER_TYPES), created_on: z.string(), updated_on: z.string() }), {
  id: 'MasterType',
})

const typeToWire = ({ id, type, createdAt, updatedAt }: MasterType): z.infer<typeof Type> => ({
  type_id: id,
  type,
  created_on: isoTime(createdAt),
  updated_on: isoTime(updatedAt),
})

const Value = documented(
  z.object({ id: z.int(), type: z.int(), value: z.string(), code: z.string(), created_on: z.string(), updated_on: z.string() }),
  { id: 'MasterValue' },
)

const valueToWire = ({ id, typeId, value, code, createdAt, updatedAt }: MasterValue): z.infer<typeof Value> => ({
  id,
  type: typeId,
  value,
  code,
  created_on: isoTime(createdAt),
  updated_on: isoTime(updatedAt),
})

const NewValue = z.object({ type: pk(), value: text({ max: 255 }) })

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

const addMasterType = route({
  method: 'POST',
  path: '/commonmatch/',
  operationId: 'addMasterType',
  summary: 'Create a master data type',
  access: superuserOnly,
  quota: QUOTAS.masterData,
  body: z.object({ type: choice(MASTER_TYPES) }),
  responses: {
    200: ok(z.extend(MessageResponse, Type.shape)),
    ...errors.responses('type-exists'),
  },
  handle: async ({ context, body }) => {
    const created = errors.unwrap(await addType(context, body.type))
    return { status: 200, body: { message: 'New type successfully created!', ...typeToWire(created) } }
  },
})

const listMasterTypes = route({
  method: 'GET',
  path: '/commonmatch/getdetails/',
  operationId: 'listMasterTypes',
  summary: 'List the master data types, ten per page',
  access: superuserOnly,
  query: pageNumberQuery,
  responses: {
    200: ok(numberedPageOf(Type)),
    ...errors.responses(invalidPage),
  },
  handle: async ({ context, query, request }) => {
    const types = await listTypes(context, query.page, PAGE_SIZE)
    return { status: 200, body: numberedPageToWire(request.url, types, PAGE_SIZE, typeToWire) }
  },
})

/** This is the only body that is a list, so the handler reads it itself: `body` in a route describes objects only. */
const addMasterValues = route({
  method: 'POST',
  path: '/commonmatch/master/',
  operationId: 'addMasterValues',
  summary: 'Add master data values',
  access: superuserOnly,
  quota: QUOTAS.masterData,
  rawBody: z.array(NewValue),
  responses: {
    200: ok(z.extend(MessageResponse, { data: z.array(Value) })),
    ...errors.responses(
      { name: 'invalid-values', response: invalidRows([{}, { type: [pkNotFoundText(55)] }]) },
      { name: 'not-a-list', response: notAList({}) },
      { name: 'empty-list', response: EMPTY_LIST },
    ),
  },
  handle: async ({ context, readRawBody }) => {
    const input = await readRawBody()
    if (!Array.isArray(input)) throw new HttpError(notAList(input))
    if (input.length === 0) throw new HttpError(EMPTY_LIST)
    const rows = input.map(parseValue)
    const values = rows.filter(isValue)
    if (values.length < rows.length) throw new HttpError(invalidRows(errorsByRow(rows, await checkValues(context, values))))
    const added = await addValues(context, values)
    if (added instanceof Failure) throw new HttpError(invalidRows(errorsByRow(rows, added.detail.problems)))
    return { status: 200, body: { message: 'Master data created Successfully', data: added.map(valueToWire) } }
  },
})

const listMasterValues = route({
  method: 'GET',
  path: '/commonmatch/list/',
  operationId: 'listMasterValues',
  summary: 'List all master data values, ten per page',
  access: superuserOnly,
  query: pageNumberQuery,
  responses: {
    200: ok(numberedPageOf(Value)),
    ...errors.responses(invalidPage),
  },
  handle: async ({ context, query, request }) => {
    const values = await listValues(context, query.page, PAGE_SIZE)
    return { status: 200, body: numberedPageToWire(request.url, values, PAGE_SIZE, valueToWire) }
  },
})

/** The routes under /commonmatch/. */
export const commonmatchRoutes = [addMasterType, listMasterTypes, addMasterValues, listMasterValues]
