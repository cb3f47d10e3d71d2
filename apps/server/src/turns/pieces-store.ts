import { sql } from "kysely";
import { type Connection, defineWrite } from "../db/database.ts";
import type { TurnPieceTable } from "../db/schema.ts";
import { fill, perSize } from "../db/sized-statements.ts";
import { statement, statementOverAll } from "../db/statement.ts";

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

const MAX_ROWS = 256;

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

type Rows = {
  [row: `tenant${number}` | `text${number}`]: string;
} & { [row: `turn${number}` | `piece${number}`]: number } & {
  [row: `contexts${number}`]: string | null;
};

const insertPieces = perSize((rows) =>
  statementOverAll<Rows>()((db, p) => {
    // PostgreSQL takes untyped values for text.
    const values = rows.map(
      (row) =>
        sql`(${p(`tenant${row}`)}, cast(${p(`turn${row}`)} as bigint), cast(${p(`piece${row}`)} as integer), ${p(`text${row}`)}, ${p(`contexts${row}`)})`,
    );
    return db
      .with(
        "said(tenant_id, turn_id, piece, text, contexts)",
        () => sql<TurnPieceTable>`(values ${sql.join(values)})`,
      )
      .insertInto("turn_pieces")
      .columns(["tenant_id", "turn_id", "piece", "text", "contexts"])
      .expression((from) =>
        from
          .selectFrom("said")
          .innerJoin("turns", (join) =>
            join
              .onRef("turns.tenant_id", "=", "said.tenant_id")
              .onRef("turns.id", "=", "said.turn_id"),
          )
          .where("turns.state", "=", "pending")
          .select(["said.tenant_id", "said.turn_id", "said.piece", "said.text", "said.contexts"]),
      )
      .onConflict((conflict) =>
        conflict.columns(["tenant_id", "turn_id", "piece"]).doUpdateSet((set) => ({
          text: set.ref("excluded.text"),
          contexts: set.ref("excluded.contexts"),
        })),
      );
  }),
);

/**
 * Appends what the running turns of a process have said, many in one statement; what has ended meanwhile takes no more. A
 * piece that was written before, unknown to its writer, is written again with what came to it.
 */
export const appendPieces = defineWrite(
  "turns.append-pieces",
  async (transaction, { pieces }: { readonly pieces: readonly Piece[] }): Promise<void> => {
    for (let at = 0; at < pieces.length; at += MAX_ROWS) {
      const values: Rows = {};
      const size = fill(pieces.slice(at, at + MAX_ROWS), (row, piece, repeat) => {
        values[`tenant${row}`] = piece.tenantId;
        values[`turn${row}`] = repeat ? -1 : piece.turnId; // no turn has this id
        values[`piece${row}`] = piece.piece;
        values[`text${row}`] = piece.text;
        values[`contexts${row}`] = piece.contexts;
      });
      await transaction.change(insertPieces(size), values);
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
