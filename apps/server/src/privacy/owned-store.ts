import type { SubjectExport } from "@orcha/contract";
import type { ConversationHead } from "../conversations/list-store.ts";
import type { Connection } from "../db/database.ts";
import { toAmount } from "../usage/money.ts";
import type { Subject } from "./subject.ts";

/** A conversation of somebody's. */
export interface OwnedConversation extends ConversationHead {
  /** The turn that runs in it now. */
  readonly active_turn_id: number | null;
}

/** How somebody owns conversations: for good, or once the secret that was handed out with them comes back. */
const WAYS = ["owner", "offered_owner"] as const;

/** One name and one way in which somebody owns conversations. */
export interface Ownership {
  readonly owner: string;
  readonly way: (typeof WAYS)[number];
}

export function ownershipsOf({ owners }: Subject): Ownership[] {
  return owners.flatMap((owner) => WAYS.map((way) => ({ owner, way })));
}

/** Conversations of somebody's with a larger id, in the order of their ids. */
export async function readOwned(
  reader: Connection,
  { tenantId, label }: Subject,
  { owner, way }: Ownership,
  afterId: number,
  limit: number,
): Promise<OwnedConversation[]> {
  return reader.query(
    tenantId,
    reader.builder
      .selectFrom("conversations")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where(way, "=", owner)
      .$if(way === "offered_owner", (query) => query.where("owner", "is", null))
      .$if(label !== undefined, (query) => query.where("label", "=", String(label)))
      .where("id", ">", afterId)
      .orderBy("id")
      .limit(limit),
  );
}

/** What somebody used, day by day. */
export async function readUsage(
  reader: Connection,
  { tenantId, label }: Subject,
  userId: number,
): Promise<SubjectExport["usage"]> {
  const rows = await reader.query(
    tenantId,
    reader.builder
      .selectFrom("usage_daily")
      .select((select) => [
        "day",
        "label",
        "model",
        select.fn.sum<number>("conversations").as("conversations"),
        select.fn.sum<number>("turns").as("turns"),
        select.fn.sum<number>("failed_turns").as("failed_turns"),
        select.fn.sum<number>("input_tokens").as("input_tokens"),
        select.fn.sum<number>("output_tokens").as("output_tokens"),
        select.fn.sum<number>("cost").as("cost"),
      ])
      .where("tenant_id", "=", tenantId)
      .where("user_id", "=", userId)
      .$if(label !== undefined, (query) => query.where("label", "=", String(label)))
      .groupBy(["day", "label", "model"])
      .orderBy("day")
      .orderBy("label")
      .orderBy("model"),
  );
  // PostgreSQL sums whole numbers as decimals, which arrive as text.
  return rows.map(({ day, label: under, model, ...figures }) => ({
    day,
    label: under,
    model,
    conversations: Number(figures.conversations),
    turns: Number(figures.turns),
    failed_turns: Number(figures.failed_turns),
    input_tokens: Number(figures.input_tokens),
    output_tokens: Number(figures.output_tokens),
    cost: toAmount(Number(figures.cost)),
  }));
}
