import { type RawBuilder, sql } from "kysely";
import { type Connection, defineWrite } from "../db/database.ts";
import { statement } from "../db/statement.ts";

/** What a running turn has said since its last piece was written. */
export interface Piece {
  readonly tenantId: string;
  readonly turnId: number;
  /** From 0. */
  readonly piece: number;
  readonly text: string;
  /** JSON, with the first piece; null when retrieval did not run. */
  readonly contexts: string | null;
}

/** Each row takes five values; SQLite binds at most 32,766. */
const MAX_ROWS = 1_000;

const selectPieces = statement<{ tenantId: string; turnId: number; from: number }>()((db, p) =>
  db
    .selectFrom("turn_pieces")
    .select(["piece", "text", "contexts"])
    .where("tenant_id", "=", p("tenantId"))
    .where("turn_id", "=", p("turnId"))
    .where("piece", ">=", p("from"))
    .orderBy("piece"),
);

/** The pieces of a turn are of no use once its answer is stored. */
export const deletePieces = statement<{ tenantId: string; turnId: number }>()((db, p) =>
  db
    .deleteFrom("turn_pieces")
    .where("tenant_id", "=", p("tenantId"))
    .where("turn_id", "=", p("turnId")),
);

function insertPieces(pieces: readonly Piece[]): RawBuilder<never> {
  const rows = pieces.map(
    ({ tenantId, turnId, piece, text, contexts }) =>
      sql`(${tenantId}, cast(${turnId} as bigint), cast(${piece} as integer), ${text}, ${contexts})`,
  );
  return sql`
    insert into turn_pieces (tenant_id, turn_id, piece, text, contexts)
    with said (tenant_id, turn_id, piece, text, contexts) as (values ${sql.join(rows)})
    select said.* from said
    join turns on turns.tenant_id = said.tenant_id and turns.id = said.turn_id
    where turns.state = 'pending'
    on conflict (tenant_id, turn_id, piece) do update
    set text = excluded.text, contexts = excluded.contexts`;
}

/**
 * Appends what the running turns of a process have said, in one statement; what has ended meanwhile takes no more. A piece
 * that was written before, unknown to its writer, is written again with what came to it.
 */
export const appendPieces = defineWrite(
  "turns.append-pieces",
  async (transaction, { pieces }: { readonly pieces: readonly Piece[] }): Promise<void> => {
    for (let at = 0; at < pieces.length; at += MAX_ROWS) {
      const insert = insertPieces(pieces.slice(at, at + MAX_ROWS));
      await transaction.query({ compile: () => insert.compile(transaction.builder) });
    }
  },
);

/** The pieces from one on, in order. */
export async function readPieces(
  reader: Connection,
  turn: { readonly tenantId: string; readonly turnId: number },
  from: number,
): Promise<readonly Pick<Piece, "piece" | "text" | "contexts">[]> {
  const { tenantId, turnId } = turn;
  return reader.run(selectPieces, { tenantId, turnId, from });
}
