import Libsql from "libsql";

/**
 * What a query gives, read beside whatever server uses the file.
 *
 * @param {string} file
 * @param {string} sql
 * @returns {string[][]}
 */
export function readSqlite(file, sql) {
  const database = new Libsql(file, { timeout: 5_000 });
  try {
    database.pragma("query_only = ON");
    const rows = /** @type {unknown[][]} */ (database.prepare(sql).raw().all([]));
    return rows.map((row) => row.map(String));
  } finally {
    database.close();
  }
}
