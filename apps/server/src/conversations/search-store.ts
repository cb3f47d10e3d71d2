import { type SqlBool, sql } from "kysely";
import type { Connection } from "../db/database.ts";

/** Which of some conversations hold a text in one of their messages. */
export async function findText(
  reader: Connection,
  tenantId: string,
  conversationIds: readonly number[],
  text: string,
): Promise<ReadonlySet<number>> {
  if (conversationIds.length === 0) return new Set();
  const rows = await reader.query(
    tenantId,
    reader.builder
      .selectFrom("messages")
      .select("conversation_id")
      .distinct()
      .where("tenant_id", "=", tenantId)
      .where("conversation_id", "in", conversationIds)
      .where((where) =>
        where.or(
          spellings(text).map(
            (spelling) =>
              sql<SqlBool>`lower(${where.ref("text")}) like ${pattern(spelling)} escape '\\'`,
          ),
        ),
      ),
  );
  return new Set(rows.map((row) => row.conversation_id));
}

/**
 * SQLite knows upper and lower case in ASCII only, and so does PostgreSQL in a database of the locale C. What lies beyond is
 * looked for as it was typed, in lower case, in upper case and with an initial capital.
 */
function spellings(text: string): string[] {
  const [first = "", ...rest] = text.toLowerCase();
  const initial = first.toUpperCase() + rest.join("");
  const all = [text.toLowerCase(), text, text.toUpperCase(), initial];
  return [...new Set(all.map(lowerAscii))];
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function pattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
