import { DatabaseSync } from 'node:sqlite'
import { databaseFile } from './run.ts'

export interface Sent {
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** Sends a request to a server that was started by a test. Redirects are not followed. */
export const sendTo = async (origin: string, method: string, path: string, { body, headers = {} }: Sent = {}) => {
  const response = await fetch(`${origin}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: text.startsWith('{') ? JSON.parse(text) : null }
}

/** Reads the local database in this folder. */
export const readRows = (folder: string, query: string): unknown[] => {
  const database = new DatabaseSync(databaseFile(folder), { readOnly: true })
  try {
    return database.prepare(query).all()
  } finally {
    database.close()
  }
}

export const changeDatabase = (folder: string, statement: string): void => {
  const database = new DatabaseSync(databaseFile(folder))
  try {
    database.exec(statement)
  } finally {
    database.close()
  }
}
