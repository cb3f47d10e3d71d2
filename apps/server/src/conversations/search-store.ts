import { type SqlBool, sql } from "kysely";
import type { Connection } from "../db/database.ts";

/**
 * Which of some conversations hold a text in one of their messages.
 *
 * @param replaced whether messages whose turn was replaced are looked at, too
 */
export async function findText(
  reader: Connection,
  tenantId: string,
  conversations: readonly { readonly id: number }[],
  text: string,
  replaced: "hidden" | "shown",
): Promise<ReadonlySet<number>> {
  if (conversations.length === 0) return new Set();
  const rows = await reader.query(
    tenantId,
    reader.builder
      .selectFrom("messages")
      .select("conversation_id")
      .distinct()
      .where("tenant_id", "=", tenantId)
      .where(
        "conversation_id",
        "in",
        conversations.map(({ id }) => id),
      )
      .where((where) =>
        where.or(
          spellings(text).map(
            (spelling) =>
              sql<SqlBool>`lower(${where.ref("text")}) like ${pattern(spelling)} escape '\\'`,
          ),
        ),
      )
      .$if(replaced === "hidden", (query) =>
        query.where((where) =>
          where.exists(
            where
              .selectFrom("turns")
              .select("turns.id")
              .whereRef("turns.tenant_id", "=", "messages.tenant_id")
              .whereRef("turns.id", "=", "messages.turn_id")
              .where("turns.replaced", "=", 0),
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
