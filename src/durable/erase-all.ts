/** Deletes everything in an object's storage. Returns the number of rows. Internal tables of the platform and of SQLite are not counted. */
export const eraseAll = async (storage: DurableObjectStorage): Promise<number> => {
  const tables = storage.sql
    .exec<{ name: string }>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
    )
    .toArray()
  const counts = tables.map(({ name }) => storage.sql.exec<{ rows: number }>(`SELECT count(*) AS rows FROM "${name}"`).one().rows)
  await storage.deleteAlarm()
  await storage.deleteAll()
  return counts.reduce((sum, count) => sum + count, 0)
}
