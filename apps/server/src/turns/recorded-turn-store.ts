import { type ErrorCode, type FinishReason, finishReasonSchema, OrchaError } from "@orcha/contract";
import { errorCodeOf } from "../conversations/error-code.ts";
import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";

/** How a turn ended, as it was stored. */
export interface EndedTurn {
  /** What the visitor said. */
  readonly question: string;
  readonly text: string;
  /** JSON; null when retrieval did not run. */
  readonly contexts: string | null;
  readonly errorCode: ErrorCode | undefined;
  readonly finishReason: FinishReason;
  readonly model: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const selectTurn = statement<{ tenantId: string; turnId: number; messageId: number }>()((db, p) =>
  db
    .selectFrom("turns")
    .leftJoin("messages", (join) =>
      join
        .onRef("messages.tenant_id", "=", "turns.tenant_id")
        .on("messages.id", "=", p("messageId")),
    )
    // The visitor's message has the id of its turn.
    .leftJoin("messages as question", (join) =>
      join
        .onRef("question.tenant_id", "=", "turns.tenant_id")
        .onRef("question.id", "=", "turns.id"),
    )
    .select([
      "turns.state",
      "turns.error_code",
      "turns.finish_reason",
      "turns.model",
      "turns.input_tokens",
      "turns.output_tokens",
      "messages.text",
      "messages.contexts",
      "question.text as question",
    ])
    .where("turns.tenant_id", "=", p("tenantId"))
    .where("turns.id", "=", p("turnId")),
);

/**
 * Reads how a turn ended, or that it has not.
 * @throws OrchaError `not_found` for one that was erased meanwhile
 */
export async function readTurn(
  reader: Connection,
  tenantId: string,
  { turnId, messageId }: { readonly turnId: number; readonly messageId: number },
): Promise<EndedTurn | "pending"> {
  const [row] = await reader.run(selectTurn, { tenantId, turnId, messageId });
  if (!row) throw new OrchaError("not_found");
  if (row.state === "pending") return "pending";
  return {
    question: row.question ?? "",
    text: row.text ?? "",
    contexts: row.contexts,
    errorCode: row.error_code === null ? undefined : errorCodeOf(row.error_code),
    finishReason: finishReasonSchema.catch("stop").parse(row.finish_reason),
    model: row.model,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
  };
}
