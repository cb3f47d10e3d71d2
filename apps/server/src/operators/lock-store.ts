import type { Connection } from "../db/database.ts";
import { lockRows } from "../db/lock-rows.ts";
import { EVERY_TENANT } from "../db/statement.ts";

/**
 * Lets one write about people go at a time, so that what it reads holds until its end: that somebody is the last owner, that
 * a link was not taken, that nobody is there yet. Every such write begins with it.
 */
export async function lockOperators(transaction: Connection): Promise<void> {
  const installation = transaction.builder
    .selectFrom("installation")
    .select("name")
    .where("name", "=", "visitor_key");
  await transaction.query(EVERY_TENANT, lockRows(transaction, installation));
}
