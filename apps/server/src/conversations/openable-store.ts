import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { type Claim, OPEN_BY_ID_MS } from "./access.ts";

const selectOpenable = statement<{
  tenantId: string;
  id: number;
  label: string;
  owner: string | null;
  from: string | null;
  since: number;
}>()((db, p) =>
  db
    .selectFrom("conversations")
    .select([
      "label",
      "user_id",
      "user_verified",
      "owner",
      "offered_owner",
      "created_at",
      "next_position",
      "active_turn_id",
    ])
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("label", "=", p("label"))
    .where((where) =>
      where.or([
        where(where.fn.coalesce("owner", "offered_owner"), "in", [p("owner"), p("from")]),
        where.and([where("owner", "is", null), where("created_at", ">=", p("since"))]),
      ]),
    ),
);

/** A conversation as it decides about who may use it. */
export interface OpenableConversation {
  readonly label: string;
  readonly user_id: number;
  readonly user_verified: number;
  readonly owner: string | null;
  readonly offered_owner: string | null;
  readonly created_at: number;
  readonly next_position: number;
  readonly active_turn_id: number | null;
}

/**
 * Reads a conversation that a claim may open; `accessOf` decides. One that nobody with this claim could open is not even read,
 * so that its refusal takes no longer than that of one which does not exist.
 */
export async function findOpenable(
  reader: Connection,
  tenantId: string,
  id: number,
  claim: Claim,
  nowMs: number,
): Promise<OpenableConversation | undefined> {
  const [row] = await reader.run(selectOpenable, {
    tenantId,
    id,
    label: claim.label,
    owner: claim.owner,
    from: claim.handsOver?.from ?? null,
    since: claim.strict ? Number.MAX_SAFE_INTEGER : nowMs - OPEN_BY_ID_MS,
  });
  return row;
}
